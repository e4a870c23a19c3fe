//! Pages of the shop's own origins may call the API from a browser, pages of others may not.

use crate::http::{Call, Reply};
use crate::shop::{As, ORIGIN, Server};

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn preflight(origin: &str, path: &str, method: &str) -> Call {
    Call::new("OPTIONS", path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "authorization,content-type,confidant-customer")
}

#[test]
fn a_preflight_of_the_shops_origin_is_allowed_without_credentials() {
    let server = Server::by_hand();
    for (path, method) in
        [("/v1/track", "POST"), ("/v1/consents", "PUT"), ("/v1/recommendations", "GET")]
    {
        let reply = preflight(ORIGIN, path, method).send(server.public);
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(header(&reply, "access-control-allow-origin"), Some(ORIGIN), "{path}");
        assert_eq!(header(&reply, "access-control-allow-credentials"), None, "{path}");
        let methods = header(&reply, "access-control-allow-methods").unwrap();
        assert!(methods.contains(method), "{path}: {methods}");
        let headers = header(&reply, "access-control-allow-headers").unwrap().to_lowercase();
        assert!(headers.contains("authorization") && headers.contains("confidant-customer"));
    }
}

#[test]
fn other_origins_get_no_permission_from_the_browser() {
    let server = Server::by_hand();
    for origin in ["https://evil.example", "https://shop.example.evil.example", "null"] {
        let reply = preflight(origin, "/v1/track", "POST").send(server.public);
        assert_eq!(header(&reply, "access-control-allow-origin"), None, "{origin}");
        let answer =
            server.call(As::Page, &Call::get("/v1/recommendations").header("Origin", origin));
        assert_eq!(answer.status, 403, "{origin}");
        assert_eq!(header(&answer, "access-control-allow-origin"), None, "{origin}");
    }
}

#[test]
fn a_page_of_the_shop_can_read_answers_and_problems() {
    let server = Server::by_hand();
    let answer = server.call(As::Page, &Call::get("/v1/recommendations").header("Origin", ORIGIN));
    assert_eq!(answer.status, 200);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(ORIGIN));
    let wrong = Call::get("/v1/recommendations?count=0").header("Origin", ORIGIN);
    let problem = server.call(As::Page, &wrong);
    assert_eq!(problem.status, 422);
    assert_eq!(header(&problem, "access-control-allow-origin"), Some(ORIGIN));
}
