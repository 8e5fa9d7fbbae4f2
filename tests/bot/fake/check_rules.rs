//! What GitHub refuses in a check run, and in which words.

use serde_json::Value;

use super::problem::Problem;

const MOST_ANNOTATIONS: usize = 50;
const MOST_BYTES: usize = 65_535;

pub fn creation(wish: &Value) -> Result<(), Problem> {
    for field in ["name", "head_sha"] {
        if wish[field].as_str().is_none_or(str::is_empty) {
            return Err(Problem::invalid(format!("\"{field}\" wasn't supplied.")));
        }
    }
    if wish.get("output").is_some_and(|output| output["title"].as_str().is_none()) {
        return Err(Problem::invalid("\"title\" wasn't supplied."));
    }
    update(wish)
}

pub fn update(wish: &Value) -> Result<(), Problem> {
    state(wish)?;
    for field in ["external_id", "details_url"] {
        if wish.get(field).is_some_and(|value| !value.is_string()) {
            return Err(Problem::invalid(format!("For '{field}', {} is not a string.", wish[field])));
        }
    }
    if wish["details_url"].as_str().is_some_and(|url| !url.starts_with("http")) {
        return Err(Problem::validation("CheckRun", "details_url", "custom", "details_url must use http(s)"));
    }
    if let Some(output) = wish.get("output") {
        texts(output)?;
        annotations(output)?;
    }
    actions(wish)
}

fn state(wish: &Value) -> Result<(), Problem> {
    const STATUSES: [&str; 3] = ["queued", "in_progress", "completed"];
    const CONCLUSIONS: [&str; 7] =
        ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"];
    one_of(wish, "status", &STATUSES)?;
    one_of(wish, "conclusion", &CONCLUSIONS)?;
    if wish["status"] == "completed" && wish["conclusion"].is_null() {
        return Err(Problem::invalid("\"conclusion\" wasn't supplied."));
    }
    if wish["status"].as_str().is_some_and(|status| status != "completed") && !wish["conclusion"].is_null() {
        return Err(Problem::invalid("A conclusion needs the status completed."));
    }
    Ok(())
}

fn one_of(wish: &Value, field: &str, allowed: &[&str]) -> Result<(), Problem> {
    match wish.get(field) {
        Some(value) if !value.as_str().is_some_and(|text| allowed.contains(&text)) => {
            Err(Problem::invalid(format!("{value} is not a member of {allowed:?}.")))
        }
        _ => Ok(()),
    }
}

fn texts(output: &Value) -> Result<(), Problem> {
    if output["summary"].as_str().is_none() {
        return Err(Problem::invalid("\"summary\" wasn't supplied."));
    }
    for field in ["summary", "text"] {
        if output[field].as_str().is_some_and(|text| text.len() > MOST_BYTES) {
            let message = format!("{field} exceeds a maximum bytesize of {MOST_BYTES}");
            return Err(Problem::validation("CheckRun", field, "custom", &message));
        }
    }
    if output["title"].as_str().is_some_and(|title| title.chars().count() > 255) {
        return Err(Problem::validation(
            "CheckRun",
            "title",
            "custom",
            "title is too long (maximum is 255 characters)",
        ));
    }
    Ok(())
}

fn annotations(output: &Value) -> Result<(), Problem> {
    let Some(annotations) = output["annotations"].as_array() else { return Ok(()) };
    if annotations.len() > MOST_ANNOTATIONS {
        let text = format!(
            "No more than {MOST_ANNOTATIONS} items are allowed; {} were supplied.",
            annotations.len()
        );
        return Err(Problem::invalid(text));
    }
    annotations.iter().try_for_each(annotation)
}

fn annotation(annotation: &Value) -> Result<(), Problem> {
    let wrong =
        |field: &str, message: &str| Err(Problem::validation("CheckAnnotation", field, "custom", message));
    let text = |field: &str| annotation[field].as_str();
    let number = |field: &str| annotation[field].as_u64();
    let (Some(path), Some(message)) = (text("path"), text("message")) else {
        return Err(Problem::invalid("\"path\" or \"message\" of an annotation wasn't supplied."));
    };
    let (Some(start), Some(end)) = (number("start_line"), number("end_line")) else {
        return Err(Problem::invalid("\"start_line\" or \"end_line\" of an annotation wasn't supplied."));
    };
    if path.is_empty() || path.starts_with('/') {
        return wrong("path", "path must be relative to the repository");
    }
    if !matches!(text("annotation_level"), Some("notice" | "warning" | "failure")) {
        return Err(Problem::invalid("annotation_level is not a member of [notice, warning, failure]."));
    }
    if start < 1 || end < start {
        return wrong("end_line", "end_line must not be before start_line");
    }
    if start != end && (number("start_column").is_some() || number("end_column").is_some()) {
        return wrong("start_column", "columns are only allowed when start_line and end_line are the same");
    }
    if message.is_empty() || message.len() > 64 * 1024 {
        return wrong("message", "message must be between 1 and 65536 bytes");
    }
    if text("raw_details").is_some_and(|details| details.len() > 64 * 1024) {
        return wrong("raw_details", "raw_details exceeds a maximum bytesize of 65536");
    }
    if text("title").is_some_and(|title| title.chars().count() > 255) {
        return wrong("title", "title is too long (maximum is 255 characters)");
    }
    Ok(())
}

fn actions(wish: &Value) -> Result<(), Problem> {
    let Some(actions) = wish["actions"].as_array() else { return Ok(()) };
    if actions.len() > 3 {
        return Err(Problem::invalid(format!(
            "No more than 3 items are allowed; {} were supplied.",
            actions.len()
        )));
    }
    for (field, most) in [("label", 20), ("description", 40), ("identifier", 20)] {
        let fits = |action: &Value| action[field].as_str().is_some_and(|text| text.chars().count() <= most);
        if !actions.iter().all(fits) {
            return Err(Problem::invalid(format!("Only {most} characters are allowed for \"{field}\".")));
        }
    }
    Ok(())
}
