// A C face for OpenCV's MOG2 background model with an explicit learning rate, which gocv offers only in its video
// module; that module does not compile on Debian's OpenCV 4.6.
#ifndef GRIDWATCH_MOG2_H
#define GRIDWATCH_MOG2_H

#ifdef __cplusplus
extern "C" {
#endif

// Matrices are cv::Mat pointers. A call that can fail returns 0 for success and -1 for an OpenCV exception.
void *gridwatch_mog2_new(double var_threshold);
int gridwatch_mog2_apply(void *model, void *image, void *mask, double rate);
void gridwatch_mog2_tune(void *model, double var_threshold, int shadows);
int gridwatch_mog2_background(void *model, void *image);
void gridwatch_mog2_free(void *model);

#ifdef __cplusplus
}
#endif
#endif
