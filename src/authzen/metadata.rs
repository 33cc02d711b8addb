//! Metadata: the endpoints and the capabilities of a policy decision point.

use serde::Serialize;

/// The document that describes a policy decision point: "Policy Decision Point Metadata".
///
/// ```
/// use tenantry::authzen::Metadata;
///
/// let metadata = Metadata::new("https://pdp.example.com/acme")?;
/// assert_eq!(metadata.url(), "https://pdp.example.com/.well-known/authzen-configuration/acme");
/// assert_eq!(
///     metadata.access_evaluation_endpoint,
///     "https://pdp.example.com/acme/access/v1/evaluation"
/// );
/// # Ok::<(), tenantry::authzen::MetadataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Metadata {
    /// The identifier of the policy decision point, from which the URL of this document is derived.
    pub policy_decision_point: String,
    /// The endpoint of [`evaluate`](super::evaluate).
    pub access_evaluation_endpoint: String,
    /// The endpoint of [`evaluate_all`](super::evaluate_all). `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_evaluations_endpoint: Option<String>,
    /// The endpoint of [`search_subjects`](super::search_subjects). `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_subject_endpoint: Option<String>,
    /// The endpoint of [`search_resources`](super::search_resources). `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_resource_endpoint: Option<String>,
    /// The endpoint of [`search_actions`](super::search_actions). `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_action_endpoint: Option<String>,
    /// The registered URNs of further capabilities. Left out of the document if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
}

/// Why a text is no identifier of a policy decision point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{identifier}` does not identify a policy decision point: \
     give an https URL with a host, without a query, a fragment or a `/` at its end"
)]
pub struct MetadataError {
    identifier: String,
}

impl Metadata {
    /// Returns the metadata of a policy decision point with all endpoints at the specified paths
    /// below its identifier. Remove the endpoints that it does not serve.
    ///
    /// # Errors
    ///
    /// [`MetadataError`] if the identifier is not an https URL without query and fragment.
    pub fn new(identifier: &str) -> Result<Self, MetadataError> {
        let is_sound = parts(identifier).is_some_and(|(host, _)| !host.is_empty())
            && !identifier.ends_with('/')
            && identifier
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"?#\\\"<>".contains(&byte));
        if !is_sound {
            return Err(MetadataError { identifier: identifier.chars().take(200).collect() });
        }
        let endpoint = |path: &str| format!("{identifier}/access/v1/{path}");
        Ok(Self {
            policy_decision_point: identifier.to_owned(),
            access_evaluation_endpoint: endpoint("evaluation"),
            access_evaluations_endpoint: Some(endpoint("evaluations")),
            search_subject_endpoint: Some(endpoint("search/subject")),
            search_resource_endpoint: Some(endpoint("search/resource")),
            search_action_endpoint: Some(endpoint("search/action")),
            capabilities: Vec::new(),
        })
    }

    /// The URL at which to serve the document: the well-known path comes between the identifier's
    /// host and its own path.
    pub fn url(&self) -> String {
        let (host, path) = parts(&self.policy_decision_point).unwrap_or_default();
        format!("https://{host}/.well-known/authzen-configuration{path}")
    }
}

/// The host of an https URL, and the path after it. `None` for any other text.
fn parts(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://")?;
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}
