#include "mog2.h"

#include <opencv2/video/background_segm.hpp>

using Model = cv::Ptr<cv::BackgroundSubtractorMOG2>;

void *gridwatch_mog2_new(double var_threshold) {
    try {
        return new Model(cv::createBackgroundSubtractorMOG2(500, var_threshold, true));
    } catch (...) {
        return nullptr;
    }
}

int gridwatch_mog2_apply(void *model, void *image, void *mask, double rate) {
    try {
        (*static_cast<Model *>(model))->apply(*static_cast<cv::Mat *>(image), *static_cast<cv::Mat *>(mask), rate);
        return 0;
    } catch (...) {
        return -1;
    }
}

void gridwatch_mog2_tune(void *model, double var_threshold, int shadows) {
    cv::BackgroundSubtractorMOG2 &m = **static_cast<Model *>(model);
    m.setVarThreshold(var_threshold);
    m.setDetectShadows(shadows != 0);
}

int gridwatch_mog2_background(void *model, void *image) {
    try {
        (*static_cast<Model *>(model))->getBackgroundImage(*static_cast<cv::Mat *>(image));
        return 0;
    } catch (...) {
        return -1;
    }
}

void gridwatch_mog2_free(void *model) { delete static_cast<Model *>(model); }
