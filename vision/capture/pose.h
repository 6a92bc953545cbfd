// A C face for OpenCV's ORB features and the similarity between two pictures of one scene: one call each, so that the
// build needs no further modules of gocv.
#ifndef GRIDWATCH_POSE_H
#define GRIDWATCH_POSE_H

#ifdef __cplusplus
extern "C" {
#endif

// A picture's features. Both matrices are cv::Mat of 8-bit grey; features are sought where visible is not 0, and everywhere
// where it is empty. NULL is an OpenCV exception.
void *gridwatch_features_new(void *grey, void *visible, int most);
int gridwatch_features_count(void *features);
void gridwatch_features_free(void *features);

// gridwatch_features_align finds the similarity that takes points of the reference to points of now: x' = a x - b y + tx,
// y' = b x + a y + ty. It writes {a, b, tx, ty}, and returns how many features agree on it; 0 where none does, -1 for
// an OpenCV exception. Spread becomes in how many of 4 x 3 parts of the reference two or more of them lie: a clock that is
// written into every picture agrees with itself, in its corner.
int gridwatch_features_align(void *reference, void *now, double similarity[4], int *spread);

#ifdef __cplusplus
}
#endif
#endif
