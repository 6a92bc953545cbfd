package vision

import "gridwatch/geo"

// QualityParams are the numbers of the quality gate, the block `quality` of configs/rules.yaml. A file that leaves a key
// out takes the default.
type QualityParams struct {
	DarkLevel    float64 `yaml:"dark_level"`
	DarkShare    float64 `yaml:"dark_share"`
	BrightLevel  float64 `yaml:"bright_level"`
	BrightShare  float64 `yaml:"bright_share"`
	FlatContrast float64 `yaml:"flat_contrast"`
	LostShare    float64 `yaml:"lost_share"`
	BlurShare    float64 `yaml:"blur_share"`
	StreakLevel  float64 `yaml:"streak_level"`
	StreakShare  float64 `yaml:"streak_share"`
	GreyChroma   float64 `yaml:"grey_chroma"`
	FrozenLevel  float64 `yaml:"frozen_level"`
	FrozenS      float64 `yaml:"frozen_s"`
	FrozenLooks  float64 `yaml:"frozen_looks"`

	PoseEveryS float64 `yaml:"pose_every_s"`
	PosePoints float64 `yaml:"pose_points"`
	PoseParts  float64 `yaml:"pose_parts"`
	MovedShift float64 `yaml:"moved_shift"`
	MovedDeg   float64 `yaml:"moved_deg"`
	MovedZoom  float64 `yaml:"moved_zoom"`
	LostS      float64 `yaml:"lost_s"`
	LearnLooks float64 `yaml:"learn_looks"`
	LearnS     float64 `yaml:"learn_s"`

	HoldS      float64 `yaml:"hold_s"`
	HoldLooks  float64 `yaml:"hold_looks"`
	ClearLooks float64 `yaml:"clear_looks"`
	DaySunDeg  float64 `yaml:"day_sun_deg"`
}

// DefaultQualityParams are those of the shipped configs/rules.yaml, where each is explained.
func DefaultQualityParams() QualityParams {
	return QualityParams{
		DarkLevel: 32, DarkShare: 0.97, BrightLevel: 245, BrightShare: 0.6, FlatContrast: 3, LostShare: 0.85, BlurShare: 0.65,
		StreakLevel: 14, StreakShare: 0.08, GreyChroma: 4, FrozenLevel: 0.02, FrozenS: 60, FrozenLooks: 5,
		PoseEveryS: 5, PosePoints: 25, PoseParts: 5, MovedShift: 0.02, MovedDeg: 1.5, MovedZoom: 0.04, LostS: 300, LearnLooks: 10, LearnS: 20,
		HoldS: 10, HoldLooks: 4, ClearLooks: 6, DaySunDeg: 6,
	}
}

// Validate names the first key out of range.
func (p QualityParams) Validate() error {
	for _, f := range []struct {
		key      string
		v        float64
		min, max float64
	}{
		{"dark_level", p.DarkLevel, 1, 128}, {"dark_share", p.DarkShare, 0.5, 1},
		{"bright_level", p.BrightLevel, 128, 255}, {"bright_share", p.BrightShare, 0.1, 1},
		{"flat_contrast", p.FlatContrast, 0.1, 30}, {"lost_share", p.LostShare, 0.3, 1}, {"blur_share", p.BlurShare, 0.3, 1},
		{"streak_level", p.StreakLevel, 2, 128}, {"streak_share", p.StreakShare, 0.001, 1},
		{"grey_chroma", p.GreyChroma, 0, 30}, {"frozen_level", p.FrozenLevel, 0, 1}, {"frozen_s", p.FrozenS, 1, day},
		{"frozen_looks", p.FrozenLooks, 2, 10000},
		{"pose_every_s", p.PoseEveryS, 0, 3600}, {"pose_points", p.PosePoints, 8, 400}, {"pose_parts", p.PoseParts, 1, 12},
		{"moved_shift", p.MovedShift, 0.002, 0.5}, {"moved_deg", p.MovedDeg, 0.1, 90}, {"moved_zoom", p.MovedZoom, 0.005, 1},
		{"lost_s", p.LostS, 1, day}, {"learn_looks", p.LearnLooks, 1, 10000}, {"learn_s", p.LearnS, 0, day},
		{"hold_s", p.HoldS, 0, day}, {"hold_looks", p.HoldLooks, 1, 10000}, {"clear_looks", p.ClearLooks, 1, 10000},
		{"day_sun_deg", p.DaySunDeg, -18, 90},
	} {
		if !(f.v >= f.min && f.v <= f.max) { // Also refuses NaN.
			return geo.Invalid("quality."+f.key, "must be %v to %v (got %v)", f.min, f.max, f.v)
		}
	}
	return nil
}
