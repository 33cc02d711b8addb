//! AuthZEN searches over an organization with hundreds of records: exactly what evaluations permit.
#![cfg(feature = "authzen")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use tenantry::authzen::{
    Action, ActionSearch, ByName, EntityType, EvaluationRequest, Metadata, PageRequest, PageToken,
    RequestError, Resource, ResourceSearch, ReverseMapping, SearchError, SearchResponse, Subject,
    SubjectSearch, TrustedMapping, evaluate, search_actions, search_resources, search_subjects,
};
use tenantry::model::{LoginMethods, Workspace};
use tenantry::{
    Action as Command, Catalog, Condition, Directory, Key, Name, Networks, NewAssignment,
    NewResource, OrganizationId, Scope, Snapshot, SystemRole, WorkspaceId,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");
const CLERK: SystemRole = SystemRole::new("clerk");

const PEOPLE: usize = 150;
const WORKSPACES: usize = 12;
const INBOXES: usize = 200;

/// Numbers without an order, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

struct Shop {
    directory: Directory<Permission>,
    organization: OrganizationId,
}

impl Shop {
    /// People with logins and programs without, in teams and by name, active and suspended; workspaces with and without
    /// keys; inboxes with and without owners and keys; allows and denies everywhere.
    fn new() -> Self {
        let catalog = Catalog::builder()
            .role(OWNER, Permission::all())
            .role_with(AGENT, Permission::VIEW, Permission::REPLY)
            .role(CLERK, Permission::VIEW | Permission::EXPORT)
            .needs(Permission::REPLY, Permission::VIEW)
            .owner(OWNER)
            .administration(Permission::ADMINISTER)
            .build()
            .unwrap();
        let directory = Directory::new(catalog);
        let founded = directory.create_organization("Shop", &"lin@shop".parse().unwrap()).unwrap();
        let admin = directory.system("test").administer(founded.organization);
        let mut numbers = Numbers(11);
        let workspaces: Vec<_> = (1..=WORKSPACES as u128).map(WorkspaceId::from_u128).collect();
        let made = workspaces.iter().map(|id| {
            let key =
                (id.to_u128() % 5 > 0).then(|| Key::new(format!("w-{}", id.to_u128())).unwrap());
            Command::CreateWorkspace(Workspace {
                key,
                ..Workspace::new(*id, Name::new("Workspace").unwrap())
            })
        });
        admin.perform(made).unwrap();
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let login = format!("p{number}@shop").parse().unwrap();
            let id = match number % 10 {
                9 => admin.create_service(people[0]).unwrap(),
                _ => admin.create_member(&login).unwrap(),
            };
            people.push(id);
        }
        for number in 0..INBOXES {
            let inbox = NewResource::new("inbox", workspaces[numbers.below(WORKSPACES)]);
            let key = format!("i-{number}");
            let inbox = if number % 7 > 0 { inbox.key(&key) } else { inbox };
            let owned = inbox.owner(people[numbers.below(9)]);
            admin.create_resource(if number % 3 == 0 { &owned } else { &inbox }).unwrap();
        }
        let team = admin.create_team("Night").unwrap();
        for who in people.iter().step_by(4) {
            admin.add_to_team(*who, team).unwrap();
        }
        admin.assign(team, CLERK, workspaces[3]).unwrap();
        admin.assign(people[0], OWNER, Scope::Organization).unwrap();
        for who in &people {
            for _ in 0..2 {
                let role = [AGENT, AGENT, CLERK][numbers.below(3)];
                let _ = admin.assign(*who, role, workspaces[numbers.below(WORKSPACES)]);
            }
        }
        for who in people.iter().skip(5).step_by(11) {
            admin.deny(*who, Permission::VIEW, workspaces[numbers.below(WORKSPACES)]).unwrap();
        }
        for who in people.iter().skip(7).step_by(20) {
            admin.suspend(*who).unwrap();
        }
        Self { directory, organization: founded.organization }
    }

    fn snapshot(&self) -> Snapshot<Permission> {
        self.directory.snapshot(self.organization).unwrap()
    }

    fn subjects(&self) -> Vec<Subject> {
        let logins = (0..PEOPLE).map(|it| ("user", format!("p{it}@shop")));
        let snapshot = self.snapshot();
        let ids = snapshot.organization().sub_accounts().keys();
        let ids = ids.map(|id| ("sub_account", id.to_string()));
        let known = logins.chain(ids).chain([("user", "lin@shop".to_owned())]);
        known.map(|(kind, id)| Subject::new(kind, id).unwrap()).collect()
    }

    fn resources(&self) -> Vec<Resource> {
        let root = ("organization", self.organization.to_string());
        let workspaces = (0..=WORKSPACES).map(|it| ("workspace", format!("w-{it}")));
        let inboxes = (0..INBOXES).map(|it| ("inbox", format!("i-{it}")));
        let all = workspaces.chain(inboxes).chain([root, ("inbox", "nowhere".to_owned())]);
        all.map(|(kind, id)| Resource::new(kind, id).unwrap()).collect()
    }
}

fn actions() -> [Action; 4] {
    ["VIEW", "REPLY", "EXPORT", "ADMINISTER"].map(|name| Action::new(name).unwrap())
}

fn may(
    snapshot: &Snapshot<Permission>,
    subject: &Subject,
    action: &Action,
    resource: &Resource,
) -> bool {
    let request = EvaluationRequest::new(subject.clone(), action.clone(), resource.clone());
    evaluate(snapshot, &ByName, &request).decision
}

/// All pages of a search, read as a policy enforcement point does: with the token that the page before named.
fn read<T: Serialize>(
    size: u16,
    search: impl Fn(PageRequest) -> Result<SearchResponse<T>, SearchError>,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut page = PageRequest { token: None, limit: size.try_into().ok() };
    loop {
        let response = search(page.clone()).unwrap();
        assert_eq!(response.page.count, response.results.len());
        assert!(response.results.len() <= usize::from(size));
        found.extend(response.results.iter().map(|it| json!(it).to_string()));
        let body = json!(response);
        match body["page"]["next_token"].as_str().unwrap() {
            "" => break,
            token => page.token = Some(token.parse().unwrap()),
        }
    }
    let once: BTreeSet<_> = found.iter().collect();
    assert_eq!(once.len(), found.len(), "something was found twice");
    found
}

fn sorted<T: Serialize>(entities: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut texts: Vec<_> = entities.into_iter().map(|it| json!(it).to_string()).collect();
    texts.sort();
    texts
}

#[test]
fn d11_a_subject_search_finds_exactly_whom_evaluations_permit() {
    let shop = Shop::new();
    let snapshot = shop.snapshot();
    let (subjects, mut found_any) = (shop.subjects(), 0);
    for action in actions() {
        for resource in shop.resources().into_iter().step_by(3) {
            for kind in ["user", "sub_account"] {
                let of_kind = subjects.iter().filter(|it| it.kind() == kind);
                let permitted = of_kind.filter(|it| may(&snapshot, it, &action, &resource));
                let expected = sorted(permitted);
                found_any += expected.len();
                let entity = EntityType::new(kind).unwrap();
                let search = SubjectSearch::new(entity, action.clone(), resource.clone());
                for size in [3, 1000] {
                    let mut found = read(size, |page| {
                        search_subjects(&snapshot, &ByName, &search.clone().with_page(page))
                    });
                    found.sort();
                    assert_eq!(found, expected, "{kind} {}", json!(search));
                }
            }
        }
    }
    assert!(found_any > 500, "{found_any}");
}

#[test]
fn d11_a_resource_search_finds_exactly_what_evaluations_permit() {
    let shop = Shop::new();
    let snapshot = shop.snapshot();
    let (resources, mut found_any) = (shop.resources(), 0);
    for action in actions() {
        for subject in shop.subjects().into_iter().step_by(3) {
            for kind in ["organization", "workspace", "inbox", "channel"] {
                let of_kind = resources.iter().filter(|it| it.kind() == kind);
                let permitted = of_kind.filter(|it| may(&snapshot, &subject, &action, it));
                let expected = sorted(permitted);
                found_any += expected.len();
                let entity = EntityType::new(kind).unwrap();
                let search = ResourceSearch::new(subject.clone(), action.clone(), entity);
                for size in [3, 1000] {
                    let mut found = read(size, |page| {
                        search_resources(&snapshot, &ByName, &search.clone().with_page(page))
                    });
                    found.sort();
                    assert_eq!(found, expected, "{kind} {}", json!(search));
                }
            }
        }
    }
    assert!(found_any > 500, "{found_any}");
}

#[test]
fn d11_an_action_search_finds_exactly_what_evaluations_permit() {
    let shop = Shop::new();
    let snapshot = shop.snapshot();
    for subject in shop.subjects().into_iter().step_by(5) {
        for resource in shop.resources().into_iter().step_by(4) {
            let permitted =
                actions().into_iter().filter(|it| may(&snapshot, &subject, it, &resource));
            let expected: Vec<_> = permitted.map(|it| json!(it).to_string()).collect();
            let search = ActionSearch::new(subject.clone(), resource.clone());
            for size in [1, 2, 3, 4, 5] {
                let found = read(size, |page| {
                    search_actions(&snapshot, &ByName, &search.clone().with_page(page))
                });
                assert_eq!(found, expected, "{}", json!(search));
            }
        }
    }
}

fn of_support(page: &Value) -> Value {
    json!({
        "subject": {"type": "user", "id": "ignored"},
        "action": {"name": "VIEW"},
        "resource": {"type": "workspace", "id": "w-4"},
        "page": page,
    })
}

fn subject_search(body: &Value) -> Result<SubjectSearch, RequestError> {
    SubjectSearch::parse(body.to_string().as_bytes())
}

#[test]
fn a_search_is_answered_in_the_shape_of_the_standard() {
    let shop = Shop::new();
    let search = subject_search(&of_support(&json!({"limit": 2, "x": 1}))).unwrap();
    let body = json!(search_subjects(&shop.snapshot(), &ByName, &search).unwrap());
    let token = body["page"]["next_token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 164);
    assert_eq!(body["page"]["count"], 2);
    assert_eq!(body["results"][0]["type"], "user");
    assert_eq!(body["results"][0].as_object().unwrap().len(), 2);
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["page", "results"]);

    // The next page, without a limit, has as many as the first; at the end the token is empty.
    let search = subject_search(&of_support(&json!({"token": token}))).unwrap();
    let next = json!(search_subjects(&shop.snapshot(), &ByName, &search).unwrap());
    assert_eq!(next["page"]["count"], 2);
    assert_ne!(next["results"], body["results"]);
    let all = subject_search(&of_support(&json!({}))).unwrap();
    let all = json!(search_subjects(&shop.snapshot(), &ByName, &all).unwrap());
    assert_eq!(all["page"]["next_token"], "");
}

#[test]
fn what_is_unknown_is_found_nowhere() {
    let shop = Shop::new();
    let snapshot = shop.snapshot();
    for (path, value) in [
        ("/action/name", "view"),
        ("/resource/id", "nowhere"),
        ("/resource/type", "Workspace"),
        ("/subject/type", "robot"),
    ] {
        let mut body = of_support(&json!({}));
        *body.pointer_mut(path).unwrap() = json!(value);
        let found = search_subjects(&snapshot, &ByName, &subject_search(&body).unwrap()).unwrap();
        assert_eq!(found.results, [], "{path}");
    }
    let nobody = Subject::new("user", "nobody@shop").unwrap();
    let search = ResourceSearch::new(
        nobody.clone(),
        actions()[0].clone(),
        EntityType::new("inbox").unwrap(),
    );
    assert_eq!(search_resources(&snapshot, &ByName, &search).unwrap().results, []);
    let search = ActionSearch::new(nobody, Resource::new("workspace", "w-4").unwrap());
    assert_eq!(search_actions(&snapshot, &ByName, &search).unwrap().results, []);
}

#[test]
fn a_search_request_is_read_strictly() {
    let missing = |path: &str| RequestError::MissingField { path: path.to_owned() };
    for path in ["subject", "action", "resource"] {
        let mut body = of_support(&json!({}));
        body.as_object_mut().unwrap().remove(path);
        assert_eq!(subject_search(&body), Err(missing(path)));
    }
    let mut body = of_support(&json!({}));
    body["subject"] = json!({"id": "p1@shop"});
    assert_eq!(subject_search(&body), Err(missing("subject.type")));
    for (page, path) in [
        (json!(null), "page"),
        (json!([]), "page"),
        (json!({"token": 7}), "page.token"),
        (json!({"token": null}), "page.token"),
        (json!({"limit": 0}), "page.limit"),
        (json!({"limit": -1}), "page.limit"),
        (json!({"limit": 1.5}), "page.limit"),
        (json!({"limit": "2"}), "page.limit"),
        (json!({"limit": null}), "page.limit"),
    ] {
        let error = subject_search(&of_support(&page)).unwrap_err();
        let is_named = matches!(&error, RequestError::WrongType { path: at, .. } if at == path);
        assert!(is_named, "{page}: {error}");
    }
    // As many as there may be, however many are asked for.
    let search = subject_search(&of_support(&json!({"limit": u64::MAX}))).unwrap();
    assert_eq!(search.page.limit.unwrap().get(), u16::MAX);
    let resource = json!({
        "subject": {"type": "user", "id": "p1@shop"}, "action": {"name": "VIEW"},
        "resource": {"id": "17"},
    });
    let resource = ResourceSearch::parse(resource.to_string().as_bytes());
    assert_eq!(resource, Err(missing("resource.type")));
    let action = json!({"subject": {"type": "user"}, "resource": {"type": "inbox", "id": "1"}});
    assert_eq!(ActionSearch::parse(action.to_string().as_bytes()), Err(missing("subject.id")));
}

#[test]
fn incident_10_a_page_token_is_read_strictly_and_serves_one_search() {
    let shop = Shop::new();
    let snapshot = shop.snapshot();
    let first = subject_search(&of_support(&json!({"limit": 2}))).unwrap();
    let response = search_subjects(&snapshot, &ByName, &first).unwrap();
    let token = response.page.next_token.unwrap();
    let text = token.to_string();
    assert_eq!(text.parse::<PageToken>(), Ok(token));
    let forged = [
        String::new(),
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}0"),
        format!("0000{}", &text[4..]),
        "é".repeat(82),
        "é".repeat(10) + &text[20..],
    ];
    for forged in forged {
        let read = subject_search(&of_support(&json!({"token": forged})));
        assert_eq!(read, Err(RequestError::PageToken), "{forged}");
    }

    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = of_support(&json!({"token": text}));
        change(&mut body);
        search_subjects(&snapshot, &ByName, &subject_search(&body).unwrap())
    };
    assert!(with(&|_| {}).is_ok());
    assert!(with(&|body| body["page"]["limit"] = json!(2)).is_ok());
    let changes: [&dyn Fn(&mut Value); 6] = [
        &|body| body["page"]["limit"] = json!(3),
        &|body| body["subject"]["type"] = json!("sub_account"),
        &|body| body["action"]["name"] = json!("REPLY"),
        &|body| body["resource"]["id"] = json!("w-3"),
        &|body| body["resource"]["properties"] = json!({"a": 1}),
        &|body| body["context"] = json!({}),
    ];
    for change in changes {
        assert_eq!(with(change).unwrap_err(), SearchError::OtherSearch);
    }
    let admin = shop.directory.system("test").administer(shop.organization);
    admin.create_workspace("Another").unwrap();
    let late = subject_search(&of_support(&json!({"token": text}))).unwrap();
    let late = search_subjects(&shop.snapshot(), &ByName, &late).unwrap_err();
    assert!(matches!(late, SearchError::Cursor(_)), "{late}");
}

#[test]
fn what_a_believed_sender_says_counts_for_evaluations_and_searches_alike() {
    let shop = Shop::new();
    let admin = shop.directory.system("test").administer(shop.organization);
    let member = admin.create_member(&"ann@shop".parse().unwrap()).unwrap();
    let office = Networks::new(["10.0.0.0/8".parse().unwrap()]).unwrap();
    let saml = LoginMethods::new(["saml".parse().unwrap()]).unwrap();
    let strict = NewAssignment::new(member, AGENT, WorkspaceId::from_u128(4))
        .when(Condition::Mfa)
        .when(Condition::Network(office))
        .when(Condition::LoginMethod(saml));
    admin.create_assignment(strict).unwrap();
    let snapshot = shop.snapshot();

    let said = json!({
        "subject": {"type": "user", "id": "ann@shop", "properties": {"ip_address": "10.1.2.3"}},
        "action": {"name": "REPLY"},
        "resource": {"type": "workspace", "id": "w-4", "properties": {"owned": true}},
        "context": {"mfa": true, "login_method": "saml", "time": "1985-10-26T01:22:00Z"},
    });
    let may = |body: &Value, mapping: &dyn ReverseMapping<Permission>| {
        let bytes = body.to_string().into_bytes();
        let request = EvaluationRequest::parse(&bytes).unwrap();
        let decision = evaluate(&snapshot, mapping, &request).decision;
        let resources = ResourceSearch::parse(&bytes).unwrap();
        let resources = search_resources(&snapshot, mapping, &resources).unwrap().results;
        assert_eq!(resources.iter().any(|it| it.id() == "w-4"), decision, "{body}");
        let actions = ActionSearch::parse(&bytes).unwrap();
        let actions = search_actions(&snapshot, mapping, &actions).unwrap().results;
        assert_eq!(actions.iter().any(|it| it.name() == "REPLY"), decision, "{body}");
        let subjects = SubjectSearch::parse(&bytes).unwrap();
        let subjects = search_subjects(&snapshot, mapping, &subjects).unwrap().results;
        assert_eq!(subjects.iter().any(|it| it.id() == "ann@shop"), decision, "{body}");
        decision
    };
    assert!(may(&said, &TrustedMapping));
    assert!(!may(&said, &ByName));
    for (path, value) in [
        ("/subject/properties/ip_address", json!("11.1.2.3")),
        ("/subject/properties/ip_address", json!("10.1.2")),
        ("/subject/properties/ip_address", json!(["10.1.2.3"])),
        ("/context/mfa", json!(false)),
        ("/context/mfa", json!("true")),
        ("/context/mfa", json!(1)),
        ("/context/login_method", json!("SAML")),
        ("/context/login_method", json!("")),
        ("/resource/properties/owned", json!(false)),
        ("/resource/properties/owned", json!("yes")),
    ] {
        let mut body = said.clone();
        *body.pointer_mut(path).unwrap() = value.clone();
        assert!(!may(&body, &TrustedMapping), "{path} {value}");
    }
}

#[test]
fn metadata_says_where_everything_is() {
    let metadata = Metadata::new("https://pdp.example.com").unwrap();
    assert_eq!(metadata.url(), "https://pdp.example.com/.well-known/authzen-configuration");
    assert_eq!(
        json!(metadata),
        json!({
            "policy_decision_point": "https://pdp.example.com",
            "access_evaluation_endpoint": "https://pdp.example.com/access/v1/evaluation",
            "access_evaluations_endpoint": "https://pdp.example.com/access/v1/evaluations",
            "search_subject_endpoint": "https://pdp.example.com/access/v1/search/subject",
            "search_resource_endpoint": "https://pdp.example.com/access/v1/search/resource",
            "search_action_endpoint": "https://pdp.example.com/access/v1/search/action",
        })
    );
    for bad in [
        "",
        "https://",
        "http://pdp.example.com",
        "https:///tenant",
        "https://pdp.example.com/",
        "https://pdp.example.com?x",
        "https://pdp.example.com#x",
        "https://pdp example.com",
        "pdp.example.com",
        "https://pdp.example.com/a\n",
    ] {
        assert!(Metadata::new(bad).is_err(), "`{bad}` was accepted");
    }
}
