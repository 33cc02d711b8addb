//! The AuthZEN types and their evaluation, as a user of the library sees them.
#![cfg(feature = "authzen")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use tenantry::authzen::{
    Action, ByName, Evaluation, EvaluationRequest, EvaluationResponse, EvaluationsAnswer,
    EvaluationsRequest, Mapping, Options, Resource, Semantic, Subject, evaluate, evaluate_all,
};
use tenantry::model::Workspace;
use tenantry::{
    Action as Command, Catalog, Clock, Condition, Context, Decision, Directory, Key, Name,
    NewAssignment, NewResource, OrganizationId, Reason, ResourceId, Scope, Snapshot, SubAccountId,
    SystemRole, Target, Timestamp, WorkspaceId,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
        const EVERYTHING = 0b1111;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");

/// A clock that stands still until it is told to walk: then each reading is one minute after the one before.
#[derive(Debug, Default)]
struct Walking {
    second: AtomicI64,
    stride: AtomicI64,
}

impl Clock for Walking {
    fn now(&self) -> Timestamp {
        let stride = self.stride.load(Ordering::SeqCst);
        Timestamp::from_second(self.second.fetch_add(stride, Ordering::SeqCst)).unwrap()
    }
}

/// An organization with an owner, an agent of two workspaces of which one denies viewing, somebody suspended, and a
/// service of the agent's.
struct Acme {
    directory: Directory<Permission>,
    clock: Arc<Walking>,
    organization: OrganizationId,
    people: Vec<(&'static str, SubAccountId)>,
    bot: SubAccountId,
    support: WorkspaceId,
    sales: WorkspaceId,
    /// Its key is `17`, and the agent owns it.
    inbox: ResourceId,
    /// Its key is `18`, and it has no owner.
    other: ResourceId,
}

impl Acme {
    fn new() -> Self {
        let catalog = Catalog::builder()
            .role(OWNER, Permission::EVERYTHING)
            .role_with(AGENT, Permission::VIEW, Permission::REPLY)
            .needs(Permission::REPLY, Permission::VIEW)
            .formerly(Permission::EXPORT, "DOWNLOAD")
            .owner(OWNER)
            .administration(Permission::ADMINISTER)
            .build()
            .unwrap();
        let clock = Arc::new(Walking::default());
        let directory = Directory::new(catalog).with_clock(Arc::clone(&clock));
        let founded = directory.create_organization("Acme", &"lin@acme".parse().unwrap()).unwrap();
        let organization = founded.organization;
        let admin = directory.system("test").administer(organization);
        let workspace = |bits, key: &str| {
            let id = WorkspaceId::from_u128(bits);
            let key = Some(Key::new(key).unwrap());
            Workspace { key, ..Workspace::new(id, Name::new("Workspace").unwrap()) }
        };
        let (support, sales) = (workspace(1, "support"), workspace(2, "sales"));
        let ids = (support.id, sales.id);
        admin.perform([support, sales].map(Command::CreateWorkspace)).unwrap();
        let (support, sales) = ids;
        let agent = admin.create_member(&"wu@acme".parse().unwrap()).unwrap();
        let out = admin.create_member(&"kim@acme".parse().unwrap()).unwrap();
        let bot = admin.create_service(agent).unwrap();
        for member in [agent, out, bot] {
            admin.assign(member, AGENT, support).unwrap();
        }
        admin.assign(agent, AGENT, sales).unwrap();
        admin.deny(agent, Permission::VIEW, sales).unwrap();
        admin.suspend(out).unwrap();
        let inbox = NewResource::new("inbox", support);
        let other = admin.create_resource(&inbox.key("18")).unwrap();
        let inbox = admin.create_resource(&inbox.key("17").owner(agent)).unwrap();
        let people = vec![("lin@acme", founded.owner), ("wu@acme", agent), ("kim@acme", out)];
        Self { directory, clock, organization, people, bot, support, sales, inbox, other }
    }

    fn snapshot(&self) -> Snapshot<Permission> {
        self.directory.snapshot(self.organization).unwrap()
    }

    fn agent(&self) -> SubAccountId {
        self.people[1].1
    }

    /// Subjects by name, and the sub-account that each of them is.
    fn subjects(&self) -> Vec<(Subject, Option<SubAccountId>)> {
        let stranger = SubAccountId::from_u128(99);
        let mut subjects: Vec<(Subject, Option<SubAccountId>)> = Vec::new();
        for (login, id) in &self.people {
            subjects.push((subject("user", login), Some(*id)));
            subjects.push((subject("sub_account", &id.to_string()), Some(*id)));
        }
        subjects.push((subject("sub_account", &self.bot.to_string()), Some(self.bot)));
        subjects.push((subject("sub_account", &stranger.to_string()), Some(stranger)));
        for (kind, id) in [
            ("user", "nobody@acme".to_owned()),
            ("user", "WU@acme".to_owned()),
            ("user", " wu@acme".to_owned()),
            ("user", "wu@acme\n".to_owned()),
            ("user", "w".repeat(1000)),
            ("user", self.agent().to_string()),
            ("User", "wu@acme".to_owned()),
            ("account", "wu@acme".to_owned()),
            ("sub_account", "wu@acme".to_owned()),
            ("sub_account", self.agent().to_string().to_uppercase()),
            ("sub_account", self.agent().to_string().replace('-', "")),
        ] {
            subjects.push((subject(kind, &id), None));
        }
        subjects
    }

    /// Resources by name, and the target that each of them is.
    fn resources(&self) -> Vec<(Resource, Target)> {
        let elsewhere = OrganizationId::from_u128(99);
        vec![
            (resource("organization", &self.organization.to_string()), Scope::Organization.into()),
            (resource("workspace", "support"), self.support.into()),
            (resource("workspace", "sales"), self.sales.into()),
            (resource("inbox", "17"), self.inbox.into()),
            (resource("inbox", "18"), self.other.into()),
            (resource("organization", &elsewhere.to_string()), elsewhere.into()),
            (resource("organization", "Acme"), Target::UnknownKey),
            (resource("organization", "*"), Target::UnknownKey),
            (resource("workspace", "Support"), Target::UnknownKey),
            (resource("workspace", &self.support.to_string()), Target::UnknownKey),
            (resource("workspace", "17"), Target::UnknownKey),
            (resource("inbox", "99"), Target::UnknownKey),
            (resource("inbox", "support"), Target::UnknownKey),
            (resource("Inbox", "17"), Target::UnknownKey),
            (resource("inbox\n", "17"), Target::UnknownKey),
            (resource("message", "17"), Target::UnknownKey),
        ]
    }

    /// Every combination as a request, with what [`Snapshot::check`] says of it.
    fn combinations(&self) -> Vec<(EvaluationRequest<'static>, Decision)> {
        let snapshot = self.snapshot();
        let mut combinations = Vec::new();
        for (name, permission) in actions() {
            for (subject, id) in self.subjects() {
                for (resource, target) in self.resources() {
                    let decision = match (permission, id) {
                        (None, _) => Decision::Deny(Reason::UnknownPermission),
                        (_, None) => Decision::Deny(Reason::UnknownSubAccount),
                        (Some(permission), Some(id)) => snapshot.check(id, permission, target),
                    };
                    let action = Action::new(name).unwrap();
                    let request = EvaluationRequest::new(subject.clone(), action, resource);
                    combinations.push((request, decision));
                }
            }
        }
        combinations
    }
}

/// Actions by name, and the permission that each of them is.
fn actions() -> [(&'static str, Option<Permission>); 9] {
    [
        ("VIEW", Some(Permission::VIEW)),
        ("REPLY", Some(Permission::REPLY)),
        ("EXPORT", Some(Permission::EXPORT)),
        ("DOWNLOAD", Some(Permission::EXPORT)),
        ("ADMINISTER", Some(Permission::ADMINISTER)),
        ("view", None),
        ("EVERYTHING", None),
        ("VIEW | REPLY", None),
        ("DELETE", None),
    ]
}

fn subject(kind: &str, id: &str) -> Subject {
    Subject::new(kind, id).unwrap()
}

fn resource(kind: &str, id: &str) -> Resource {
    Resource::new(kind, id).unwrap()
}

fn request(who: &str, action: &str, inbox: &str) -> EvaluationRequest<'static> {
    let action = Action::new(action).unwrap();
    EvaluationRequest::new(subject("user", who), action, resource("inbox", inbox))
}

fn batch(requests: &[EvaluationRequest<'static>], semantic: Semantic) -> EvaluationsRequest {
    let items = requests.iter().cloned().map(|request| Evaluation {
        subject: Some(request.subject.into_owned()),
        action: Some(request.action.into_owned()),
        resource: Some(request.resource.into_owned()),
        context: request.context.map(std::borrow::Cow::into_owned),
    });
    EvaluationsRequest::new(items.collect()).unwrap().with_options(Options { semantic })
}

fn answers(answer: EvaluationsAnswer) -> Vec<EvaluationResponse> {
    match answer {
        EvaluationsAnswer::Batch(batch) => batch.evaluations,
        EvaluationsAnswer::Single(response) => panic!("not a batch: {response:?}"),
    }
}

fn body(decision: Decision) -> Value {
    match decision {
        Decision::Allow => json!({"decision": true}),
        Decision::Deny(reason) => {
            json!({"decision": false, "context": {"reason": reason, "rule": reason.rule()}})
        }
    }
}

#[test]
fn an_answer_is_what_the_snapshot_says_for_every_combination() {
    let acme = Acme::new();
    let snapshot = acme.snapshot();
    let combinations = acme.combinations();
    for (request, decision) in &combinations {
        let response = evaluate(&snapshot, &ByName, request);
        assert_eq!(json!(response), body(*decision), "{}", json!(request));
    }
    let of = |wanted: Decision| combinations.iter().filter(|(_, it)| *it == wanted).count();
    for reason in [
        Reason::UnknownPermission,
        Reason::UnknownSubAccount,
        Reason::UnknownScope,
        Reason::UnknownKey,
        Reason::NotGranted,
        Reason::NotOwned,
        Reason::OwnershipUnknown,
        Reason::Suspended,
        Reason::Denied,
    ] {
        assert!(of(Decision::Deny(reason)) > 0, "no combination is denied as {reason:?}");
    }
    // The owner everything at five places, the agent and its service what is theirs, each by every name.
    assert_eq!(of(Decision::Allow), 2 * 5 * 5 + 2 * (3 + 1) + 3);
}

#[test]
fn a_batch_is_its_questions_asked_one_by_one() {
    let acme = Acme::new();
    let snapshot = acme.snapshot();
    let combinations = acme.combinations();
    for chunk in combinations.chunks(500) {
        let requests: Vec<_> = chunk.iter().map(|(request, _)| request.clone()).collect();
        let singles: Vec<_> =
            requests.iter().map(|request| evaluate(&snapshot, &ByName, request)).collect();
        let all = evaluate_all(&snapshot, &ByName, &batch(&requests, Semantic::ExecuteAll));
        assert_eq!(answers(all), singles);
    }
}

#[test]
fn a_batch_stops_where_its_semantic_says() {
    use Semantic::{DenyOnFirstDeny, ExecuteAll, PermitOnFirstPermit};

    let acme = Acme::new();
    let snapshot = acme.snapshot();
    let (yes, no) = (request("wu@acme", "REPLY", "17"), request("wu@acme", "EXPORT", "17"));
    let gone = request("nobody@acme", "REPLY", "17");
    let decide = |requests: &[&EvaluationRequest<'static>], semantic| -> Vec<bool> {
        let requests: Vec<_> = requests.iter().copied().cloned().collect();
        let answer = evaluate_all(&snapshot, &ByName, &batch(&requests, semantic));
        answers(answer).iter().map(|response| response.decision).collect()
    };
    let mixed = [&yes, &gone, &no, &yes];
    assert_eq!(decide(&mixed, ExecuteAll), [true, false, false, true]);
    assert_eq!(decide(&mixed, DenyOnFirstDeny), [true, false]);
    assert_eq!(decide(&mixed, PermitOnFirstPermit), [true]);
    assert_eq!(decide(&[&no, &gone, &yes, &no], PermitOnFirstPermit), [false, false, true]);
    assert_eq!(decide(&[&yes, &yes], DenyOnFirstDeny), [true, true]);
    assert_eq!(decide(&[&no, &gone], PermitOnFirstPermit), [false, false]);
}

#[test]
fn defaults_fill_in_what_an_item_leaves_out_and_nothing_more() {
    let acme = Acme::new();
    let body = json!({
        "subject": {"type": "user", "id": "wu@acme"},
        "action": {"name": "VIEW"},
        "resource": {"type": "inbox", "id": "17"},
        "evaluations": [
            {},
            {"action": {"name": "EXPORT"}},
            {"subject": {"type": "user", "id": "lin@acme"}, "action": {"name": "EXPORT"}},
            {"resource": {"type": "workspace", "id": "sales"}},
            {"resource": {"id": "17"}},
            {"action": {"name": 7}},
            "VIEW",
            {"resource": {"type": "inbox", "id": "17"}},
        ],
    });
    let request = EvaluationsRequest::parse(body.to_string().as_bytes()).unwrap();
    let fault = |message: &str| json!({"decision": false, "context": {"error": {"status": 400, "message": message}}});
    assert_eq!(
        json!(evaluate_all(&acme.snapshot(), &ByName, &request)),
        json!({"evaluations": [
            {"decision": true},
            {"decision": false, "context": {"reason": "not_granted", "rule": "D1"}},
            {"decision": true},
            {"decision": false, "context": {"reason": "denied", "rule": "D5"}},
            fault("`evaluations[4].resource.type` is missing: add it to the request"),
            fault("`evaluations[5].action.name` has the wrong type: send a string"),
            fault("`evaluations[6]` has the wrong type: send an object"),
            {"decision": true},
        ]})
    );
}

#[test]
fn a_batch_without_items_is_answered_bare() {
    let acme = Acme::new();
    for (inbox, response) in
        [("17", body(Decision::Allow)), ("18", body(Decision::Deny(Reason::OwnershipUnknown)))]
    {
        let single = json!(request("wu@acme", "REPLY", inbox)).to_string();
        let request = EvaluationsRequest::parse(single.as_bytes()).unwrap();
        assert_eq!(json!(evaluate_all(&acme.snapshot(), &ByName, &request)), response);
    }
    let nothing = EvaluationsRequest::new(Vec::new()).unwrap();
    let answer = json!(evaluate_all(&acme.snapshot(), &ByName, &nothing));
    assert_eq!(answer["decision"], false, "{answer}");
}

#[test]
fn d7_a_batch_is_decided_at_one_instant() {
    let acme = Acme::new();
    let until = Timestamp::from_second(30).unwrap();
    let export = NewAssignment::new(acme.agent(), OWNER, acme.support).ends(until);
    acme.directory.system("test").administer(acme.organization).create_assignment(export).unwrap();
    let snapshot = acme.snapshot();
    acme.clock.stride.store(60, Ordering::SeqCst);
    let export = request("wu@acme", "EXPORT", "17");
    let all = batch(&vec![export.clone(); 3], Semantic::ExecuteAll);
    let allow = EvaluationResponse::permit();
    assert_eq!(answers(evaluate_all(&snapshot, &ByName, &all)), vec![allow; 3]);
    let ended = body(Decision::Deny(Reason::Expired));
    assert_eq!(json!(evaluate(&snapshot, &ByName, &export)), ended, "the clock walks");
    assert_eq!(
        json!(evaluate_all(&snapshot, &ByName, &all)),
        json!({"evaluations": vec![ended; 3]})
    );
}

/// A host that believes its gateway about the second factor and the owner.
struct Gateway;

impl Mapping<Permission> for Gateway {
    fn sub_account(&self, at: &Snapshot<Permission>, subject: &Subject) -> Option<SubAccountId> {
        ByName.sub_account(at, subject)
    }

    fn permissions(&self, at: &Snapshot<Permission>, action: &Action) -> Option<Permission> {
        match action.name() {
            "nothing" => Some(Permission::empty()),
            "all" => Some(Permission::EVERYTHING),
            "unnamed" => Some(Permission::from_bits_retain(1 << 40)),
            _ => ByName.permissions(at, action),
        }
    }

    fn target(&self, at: &Snapshot<Permission>, resource: &Resource) -> Target {
        ByName.target(at, resource)
    }

    fn context(&self, _: &Snapshot<Permission>, request: &EvaluationRequest<'_>) -> Context {
        let mfa = request.context.as_ref().and_then(|context| context.get("mfa")?.as_bool());
        let owned = request.resource.properties.get("owned").and_then(Value::as_bool);
        let context = mfa.map_or_else(Context::new, |passed| Context::new().mfa(passed));
        match owned {
            Some(owned) => context.ownership(owned),
            None => context,
        }
    }
}

#[test]
fn only_what_a_mapping_believes_reaches_the_decision() {
    let acme = Acme::new();
    let export = NewAssignment::new(acme.agent(), OWNER, acme.support).when(Condition::Mfa);
    acme.directory.system("test").administer(acme.organization).create_assignment(export).unwrap();
    let snapshot = acme.snapshot();
    let gateway: &dyn Mapping<Permission> = &Gateway;
    let by_name: &dyn Mapping<Permission> = &ByName;
    let ask = |mapping, action, inbox, context: Value, properties: Value| {
        let mut request = json!(request("wu@acme", action, inbox));
        request["context"] = context;
        request["resource"]["properties"] = properties;
        let request = EvaluationRequest::parse(request.to_string().as_bytes()).unwrap();
        json!(evaluate(&snapshot, mapping, &request))
    };
    let deny = |reason| body(Decision::Deny(reason));
    let (none, mfa) = (json!({}), json!({"mfa": true}));
    assert_eq!(ask(gateway, "EXPORT", "17", mfa.clone(), none.clone()), body(Decision::Allow));
    for (mapping, action, inbox, context, properties, reason) in [
        (gateway, "EXPORT", "17", json!({"mfa": false}), none.clone(), Reason::ConditionUnmet),
        (gateway, "EXPORT", "17", json!({"mfa": "true"}), none.clone(), Reason::ConditionUnknown),
        (by_name, "EXPORT", "17", mfa.clone(), none.clone(), Reason::ConditionUnknown),
        (by_name, "REPLY", "18", none.clone(), json!({"owned": true}), Reason::OwnershipUnknown),
        (gateway, "REPLY", "17", none.clone(), json!({"owned": false}), Reason::NotOwned),
        (gateway, "nothing", "17", mfa.clone(), none.clone(), Reason::NothingRequested),
        (gateway, "unnamed", "17", mfa.clone(), none.clone(), Reason::UnknownPermission),
        (gateway, "all", "17", none.clone(), none.clone(), Reason::ConditionUnknown),
    ] {
        let got = ask(mapping, action, inbox, context, properties);
        assert_eq!(got, deny(reason), "{action} {inbox}");
    }
    let owned = json!({"owned": true});
    assert_eq!(ask(gateway, "REPLY", "18", none.clone(), owned), body(Decision::Allow));
    assert_eq!(ask(gateway, "all", "17", mfa, none), body(Decision::Allow));
}

#[test]
fn a_deny_leaves_with_two_codes_and_nothing_else() {
    let acme = Acme::new();
    for (request, decision) in acme.combinations() {
        let response = evaluate(&acme.snapshot(), &ByName, &request);
        match (decision, response.context) {
            (Decision::Allow, None) => {}
            (Decision::Deny(reason), Some(context)) => {
                let keys: Vec<&str> = context.keys().map(String::as_str).collect();
                assert_eq!(keys, ["reason", "rule"]);
                let read: Reason = serde_json::from_value(context["reason"].clone()).unwrap();
                assert_eq!((read, context["rule"].as_str()), (reason, Some(reason.rule())));
            }
            (decision, context) => panic!("{decision} with the context {context:?}"),
        }
    }
}

#[test]
fn what_the_specification_does_not_name_is_ignored() {
    let acme = Acme::new();
    let plain = json!(request("wu@acme", "REPLY", "17"));
    let mut more = plain.clone();
    more["decision"] = json!(false);
    more["evaluations_semantic"] = json!(7);
    for entity in ["subject", "action", "resource"] {
        more[entity]["extra"] = json!([null]);
    }
    let read = |body: &Value| EvaluationRequest::parse(body.to_string().as_bytes()).unwrap();
    assert_eq!(read(&more), read(&plain));
    assert!(evaluate(&acme.snapshot(), &ByName, &read(&more)).decision);
}

#[test]
fn a_request_in_doubt_is_refused_in_clear_words() {
    let good = json!(request("wu@acme", "REPLY", "17"));
    let mut missing = good.clone();
    missing["resource"].as_object_mut().unwrap().remove("id");
    let mut nested = good.clone();
    nested["context"] = json!({"a": (0..40).fold(json!(0), |inner, _| json!([inner]))});
    let twice = good.to_string().replace(r#""id":"17""#, r#""id":"18","id":"17""#);
    let large = good.to_string().replace("17", &"7".repeat(1 << 20));
    let bytes = large.len();
    for (body, message) in [
        (missing.to_string(), "`resource.id` is missing: add it to the request".to_owned()),
        (twice, "the key `id` appears twice in one object: send it once".to_owned()),
        (
            nested.to_string(),
            "the document nests more than 32 deep: flatten its arrays and objects".to_owned(),
        ),
        (large, format!("the document has {bytes} bytes, more than 1048576: send a smaller one")),
        (
            good.to_string().replace(r#""REPLY""#, "null"),
            "`action.name` has the wrong type: send a string".to_owned(),
        ),
        (
            good.to_string().replace("wu@acme", ""),
            "`subject.id` is empty: send a non-empty string".to_owned(),
        ),
        (
            format!("{good}{good}"),
            format!(
                "invalid json at line 1 column {}, trailing characters: send one json document",
                good.to_string().len() + 1
            ),
        ),
        ("[]".to_owned(), "`request body` has the wrong type: send an object".to_owned()),
    ] {
        let single = EvaluationRequest::parse(body.as_bytes()).unwrap_err();
        let batch = EvaluationsRequest::parse(body.as_bytes()).unwrap_err();
        assert_eq!(single.to_string(), message);
        assert_eq!(batch.to_string(), message);
    }
    let semantic = json!({"options": {"evaluations_semantic": "first"}, "evaluations": [good]});
    let error = EvaluationsRequest::parse(semantic.to_string().as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the evaluations semantic `first` is unknown: send `execute_all`, `deny_on_first_deny` or \
         `permit_on_first_permit`"
    );
    let many = json!({"evaluations": vec![json!({}); 1001]});
    let error = EvaluationsRequest::parse(many.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "the request has 1001 evaluations, more than 1000: split it");
}
