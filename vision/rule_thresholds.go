package vision

import "slices"

// Thresholds are a rule's numbers. The list below says what each is; configs/rules.yaml says how large.
type Thresholds struct {
	RaiseS, EscalateS, EnterS, GapS, LeaveS, BlindS, HiddenS, LookS float64
	ShareS, MinShare, HiddenShare                                   float64
	MatchM, MatchSize, MatchIoU                                     float64
	ExitM, ExitSigma, ExitFrame                                     float64
	MinScore, MinHeight, MinAreaM2, MinArea                         float64
	NearM, NearSize, MinPeople, MinGoods, GoodsS, GoodsShare        float64
	AloneS, WitnessS                                                float64
	PermitM, MinCount, HeadingDeg, HeadingOffDeg, VacantS           float64
}

// Threshold describes one key of configs/rules.yaml.
type Threshold struct {
	Key      string
	Unit     string // "s", "m", "m²", "deg"; "share" is 0..1; "size" is the side of a square as large as the thing's box.
	Min, Max float64
	Doc      string
	in       func(*Thresholds) *float64
	scenes   []Scene // Empty is every scene.
}

func (t Threshold) usedBy(s Scene) bool { return len(t.scenes) == 0 || slices.Contains(t.scenes, s) }

// AllThresholds lists every key, in the order of the file.
func AllThresholds() []Threshold { return slices.Clone(thresholds) }

const day = 24 * 3600

var (
	stall      = []Scene{SceneStall}
	heap       = []Scene{SceneHeap}
	withOthers = []Scene{SceneStall, SceneHeap, SceneGroup, SceneInside}
	counted    = []Scene{SceneGroup, SceneInside}
	moving     = []Scene{SceneMoving}
	standing   = []Scene{SceneStanding}
)

// headingKey is the one threshold that each fence says for itself.
const headingKey = "heading_deg"

var thresholds = []Threshold{
	{"raise_s", "s", 1, day, "A warning after the thing was there for so long.", func(t *Thresholds) *float64 { return &t.RaiseS }, nil},
	{"escalate_s", "s", 1, 7 * day, "A case after so long.", func(t *Thresholds) *float64 { return &t.EscalateS }, nil},
	{"enter_s", "s", 0, 3600, "Enter delay: a candidate is nothing before it was there for so long.", func(t *Thresholds) *float64 { return &t.EnterS }, nil},
	{"gap_s", "s", 0, 3600, "Grace: not seen for so long changes nothing.", func(t *Thresholds) *float64 { return &t.GapS }, nil},
	{"leave_s", "s", 0, 3600, "Leave delay after the grace: then the place is clear.", func(t *Thresholds) *float64 { return &t.LeaveS }, nil},
	{"blind_s", "s", 1, day, "A stay that nobody was told of begins anew when no fit frame came for so long.", func(t *Thresholds) *float64 { return &t.BlindS }, nil},
	{"hidden_s", "s", 0, day, "Something may stand before the spot for so long before it counts as empty.", func(t *Thresholds) *float64 { return &t.HiddenS }, nil},
	{"look_s", "s", 0.1, 3600, "One look speaks for so long at most: longer pauses between frames are time that nobody watched.", func(t *Thresholds) *float64 { return &t.LookS }, nil},

	{"share_s", "s", 1, day, "Window in which looks are counted.", func(t *Thresholds) *float64 { return &t.ShareS }, nil},
	{"min_share", "share", 0, 1, "Part of the looks in the window that must show the thing.", func(t *Thresholds) *float64 { return &t.MinShare }, nil},
	{"hidden_share", "share", 0.01, 1, "Part of the spot's box that must be covered to be hidden.", func(t *Thresholds) *float64 { return &t.HiddenShare }, nil},

	{"match_m", "m", 0.1, 100, "As near on the ground is the same spot.", func(t *Thresholds) *float64 { return &t.MatchM }, nil},
	{"match_size", "size", 0.01, 10, "The same in a view without calibration.", func(t *Thresholds) *float64 { return &t.MatchSize }, nil},
	{"match_iou", "share", 0.1, 1, "Boxes that share so much of both together are the same spot in any view.", func(t *Thresholds) *float64 { return &t.MatchIoU }, nil},

	{"exit_m", "m", 0, 100, "Inside stays inside until so far outside the fence.", func(t *Thresholds) *float64 { return &t.ExitM }, nil},
	{"exit_sigma", "sigma", 0, 5, "… and so many standard deviations of the position more.", func(t *Thresholds) *float64 { return &t.ExitSigma }, nil},
	{"exit_frame", "share", 0, 0.5, "The same for a fence on the frame, as share of the frame.", func(t *Thresholds) *float64 { return &t.ExitFrame }, nil},

	{"min_score", "share", 0, 1, "A detection below this score is not used.", func(t *Thresholds) *float64 { return &t.MinScore }, nil},
	{"min_height", "share", 0, 1, "A person or vehicle lower than this part of the frame is too far away.", func(t *Thresholds) *float64 { return &t.MinHeight }, nil},
	{"min_area_m2", "m²", 0, 10000, "A lasting change on less ground is not used.", func(t *Thresholds) *float64 { return &t.MinAreaM2 }, nil},
	{"min_area", "share", 0, 1, "The same in a view without calibration, as share of the frame.", func(t *Thresholds) *float64 { return &t.MinArea }, nil},

	{"near_m", "m", 0.1, 100, "So near belongs together: people or vehicles and the goods or the heap, the things of a group, a dog and its owner.", func(t *Thresholds) *float64 { return &t.NearM }, withOthers},
	{"near_size", "size", 0.1, 20, "The same in a view without calibration, in sizes of the person or the thing.", func(t *Thresholds) *float64 { return &t.NearSize }, withOthers},
	{"min_people", "people", 1, 100, "So many must stay with the goods.", func(t *Thresholds) *float64 { return &t.MinPeople }, stall},
	{"min_goods", "weight", 0.01, 100, "Weights of the classes of goods must add up to this.", func(t *Thresholds) *float64 { return &t.MinGoods }, stall},
	{"goods_s", "s", 1, day, "Goods count for so long after they were last found: umbrellas are found one time in three.", func(t *Thresholds) *float64 { return &t.GoodsS }, stall},
	{"goods_share", "share", 0, 1, "Part of the looks in the window that must show goods.", func(t *Thresholds) *float64 { return &t.GoodsShare }, stall},

	{"vacant_s", "s", 0, 60, "A spot must have been seen without any such thing for so long before who was seen to go is gone, and who was seen to come is another.", func(t *Thresholds) *float64 { return &t.VacantS }, standing},
	{"alone_s", "s", 0, day, "Nobody may have been with the heap for so long.", func(t *Thresholds) *float64 { return &t.AloneS }, heap},
	{"witness_s", "s", 0, 600, "Who stood there so long before the heap was first seen is its witness.", func(t *Thresholds) *float64 { return &t.WitnessS }, heap},

	{"permit_m", "m", 0, 500, "Who stands so near a permit's area is its holder, outside it: for rules of licensed stalls.", func(t *Thresholds) *float64 { return &t.PermitM }, stall},
	{"min_count", "things", 1, 1000, "So many must be there.", func(t *Thresholds) *float64 { return &t.MinCount }, counted},
	{headingKey, "deg", 0, 360, "The right way, clockwise from north on the map, from upwards on a frame. Each fence says its own.", func(t *Thresholds) *float64 { return &t.HeadingDeg }, moving},
	{"heading_off_deg", "deg", 15, 180, "Who goes another way by more than this, goes the wrong way.", func(t *Thresholds) *float64 { return &t.HeadingOffDeg }, moving},
}
