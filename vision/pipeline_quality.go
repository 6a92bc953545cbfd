package vision

import "context"

// judge asks the gate whether the frame may speak and which view it shows, keeps what the gate learned, and tells of
// what has been wrong with the camera for a while.
func (p *Pipeline) judge(ctx context.Context, frame Frame, city City) Judgement {
	seen := p.look(frame, city)
	if seen.Learned != nil {
		p.keepReference(ctx, *seen.Learned)
	}
	p.watchCamera(ctx, frame, city, seen)
	if seen.Unfit == "" {
		p.turnTo(seen.ViewID)
	}
	return seen
}

func (p *Pipeline) look(frame Frame, city City) Judgement {
	if p.Quality == nil {
		return Judgement{Unfit: unfit(frame.Image), ViewID: city.Camera.View.ID}
	}
	seen, err := p.Quality.Look(frame, city)
	if err != nil {
		p.log().Error("quality of a frame could not be measured", "error", err)
		return Judgement{Unfit: UnfitDetector, ViewID: city.Camera.View.ID}
	}
	return seen
}

// keepReference stores the first picture of a view. One that cannot be stored is learned again after a restart.
func (p *Pipeline) keepReference(ctx context.Context, l Learned) {
	sha, err := p.Blobs.Put(ctx, l.JPEG)
	if err != nil {
		p.log().Error("reference picture was not stored", "view", l.ViewID, "error", err)
		return
	}
	p.log().Info("the view has a reference picture now", "view", l.ViewID, "picture", sha)
	if p.Eyes != nil {
		p.Eyes.Reference(p.CameraID, l.ViewID, sha)
	}
}

// watchCamera tells when something has been wrong with the camera for a while, with a picture of it, and when that has
// ended.
func (p *Pipeline) watchCamera(ctx context.Context, frame Frame, city City, seen Judgement) {
	rules := city.Rules.Quality
	trouble := troubleOf(seen, city.Camera, frame.At, rules)
	if p.Quality == nil || p.Eyes == nil || !p.lookout.see(trouble, frame.At, rules) {
		return
	}
	c := Condition{Code: p.lookout.code, At: frame.At.UTC()}
	if c.Code != "" {
		c.ViewID, c.Since = seen.ViewID, p.lookout.since.UTC()
	}
	if c.Code != "" || p.memory.Trouble != "" {
		c.Current = p.portrait(ctx, frame, city.Camera, c.Code)
	}
	p.memory.Trouble = c.Code
	p.log().Warn("condition of the camera changed", "condition", c.Code, "since", c.Since)
	p.Eyes.Condition(p.CameraID, c)
}

// portrait stores what a camera in trouble shows, or one that is well again. Where the view has masks and is not where they were drawn, nobody knows
// what they should hide: then the picture is not kept.
func (p *Pipeline) portrait(ctx context.Context, frame Frame, c Camera, code string) string {
	for _, v := range c.Poses() {
		if len(v.Masks) > 0 && (code == UnfitMoved || code == UnfitOffView) {
			return ""
		}
	}
	jpeg, err := p.Quality.Picture(frame.Image)
	var sha string
	if err == nil {
		sha, err = p.Blobs.Put(ctx, jpeg)
	}
	if err != nil {
		p.log().Error("picture of the camera's trouble was not stored", "error", err)
	}
	return sha
}

// turnTo makes what was learned of one view give way to what was learned of another: tracks end, and the ground of each
// view is remembered.
func (p *Pipeline) turnTo(viewID string) {
	before := p.memory.Pose
	p.memory.Pose = viewID
	if viewID == before || before == "" {
		return
	}
	p.log().Info("the camera shows another view", "view", viewID, "before", before)
	p.Tracker.Forget()
	p.still.forget()
	if p.Changes == nil {
		return
	}
	ground, err := p.Changes.Snapshot()
	if err == nil {
		if p.grounds == nil {
			p.grounds = map[string][]byte{}
		}
		p.grounds[before] = ground
		err = p.Changes.Restore(p.grounds[viewID])
	}
	if err != nil {
		p.log().Error("the ground of the view was not taken up", "error", err)
	}
}
