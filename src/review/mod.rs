//! The story of one review: what a delivery means, what the policy asks, what the change is, what
//! the pull request should say, and how that is made true.

pub mod trigger;
