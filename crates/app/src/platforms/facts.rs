//! What happened to reviews of platforms and to their terms of use.
use ground::fact;

fact!(PlatformReviewWritten "platform.review-written" Open { review: i64, platform: String, agency: Option<i64>, number: i64, content_hash: String }
    subject s => format!("platform-review:{}", s.review), scope s.agency);
fact!(PlatformReviewDecided "platform.review-decided" Open { review: i64, platform: String, agency: Option<i64>, decision: String, conditions: String, reason: String, valid_until: Option<i64>, content_hash: String }
    subject s => format!("platform-review:{}", s.review), scope s.agency);
fact!(PlatformReviewExpired "platform.review-expired" Open { review: i64, platform: String, agency: Option<i64> }
    subject s => format!("platform-review:{}", s.review), scope s.agency);
fact!(PlatformTermsRecorded "platform.terms-recorded" Open { terms: i64, platform: String, digest: String, changed: bool }
    subject s => format!("platform-terms:{}", s.terms), scope None);
fact!(PlatformTermsAcknowledged "platform.terms-acknowledged" Open { terms: i64, platform: String, effect: String }
    subject s => format!("platform-terms:{}", s.terms), scope None);
