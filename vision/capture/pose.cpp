#include "pose.h"

#include <opencv2/calib3d.hpp>
#include <opencv2/features2d.hpp>

namespace {

struct Features {
    cv::Size size;
    std::vector<cv::KeyPoint> points;
    cv::Mat descriptors;
};

constexpr float distinct = 0.8f;      // The best match must be so much nearer than the second best.
constexpr double agreement = 2.5;     // Pixels within which a match agrees with the similarity.
constexpr size_t fewest = 8;          // Matches from which a similarity is sought at all.

}  // namespace

void *gridwatch_features_new(void *grey, void *visible, int most) {
    try {
        auto features = std::make_unique<Features>();
        // Small steps of scale: a camera in the street is bumped, it does not zoom far.
        auto orb = cv::ORB::create(most, 1.3f, 4, 15, 0, 2, cv::ORB::FAST_SCORE, 31, 10);
        const auto *picture = static_cast<cv::Mat *>(grey);
        features->size = picture->size();
        orb->detectAndCompute(*picture, *static_cast<cv::Mat *>(visible), features->points, features->descriptors);
        return features.release();
    } catch (...) {
        return nullptr;
    }
}

int gridwatch_features_count(void *features) {
    return static_cast<int>(static_cast<Features *>(features)->points.size());
}

void gridwatch_features_free(void *features) { delete static_cast<Features *>(features); }

int gridwatch_features_align(void *reference, void *now, double similarity[4], int *spread) {
    try {
        const auto *from = static_cast<Features *>(reference);
        const auto *to = static_cast<Features *>(now);
        *spread = 0;
        if (from->points.size() < fewest || to->points.size() < fewest) {
            return 0;
        }
        std::vector<std::vector<cv::DMatch>> pairs;
        cv::BFMatcher(cv::NORM_HAMMING).knnMatch(from->descriptors, to->descriptors, pairs, 2);
        std::vector<cv::Point2f> a, b;
        for (const auto &pair : pairs) {
            if (pair.size() == 2 && pair[0].distance < distinct * pair[1].distance) {
                a.push_back(from->points[pair[0].queryIdx].pt);
                b.push_back(to->points[pair[0].trainIdx].pt);
            }
        }
        if (a.size() < fewest) {
            return 0;
        }
        cv::Mat agree;
        const cv::Mat m = cv::estimateAffinePartial2D(a, b, agree, cv::RANSAC, agreement, 1000, 0.995, 5);
        if (m.empty()) {
            return 0;
        }
        similarity[0] = m.at<double>(0, 0);
        similarity[1] = m.at<double>(1, 0);
        similarity[2] = m.at<double>(0, 2);
        similarity[3] = m.at<double>(1, 2);
        int parts[12] = {};
        for (size_t i = 0; i < a.size(); i++) {
            if (agree.at<uchar>(static_cast<int>(i))) {
                const int across = std::min(3, static_cast<int>(4 * a[i].x / from->size.width));
                const int down = std::min(2, static_cast<int>(3 * a[i].y / from->size.height));
                *spread += ++parts[4 * down + across] == 2;
            }
        }
        return cv::countNonZero(agree);
    } catch (...) {
        return -1;
    }
}
