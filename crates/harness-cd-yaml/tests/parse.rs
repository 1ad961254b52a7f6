//! What the loader takes, what it refuses, and where it says things stand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

use harness_cd_yaml::scalar::{Resolved, double_quoted, escape_double, resolve};
use harness_cd_yaml::{At, MAX_BYTES, MAX_DEPTH, Node, Reader, parse, parse_documents};
use proptest::prelude::*;

fn codes(text: &str) -> Vec<(String, u32, u32, String)> {
    match parse("f.yaml", text.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(findings) => findings
            .into_iter()
            .map(|f| (f.code, f.range.line, f.range.column, f.pointer))
            .collect(),
    }
}

#[track_caller]
fn refused(text: &str, expected: &[(&str, u32, u32, &str)]) {
    let found = codes(text);
    let found: Vec<_> = found
        .iter()
        .map(|(c, l, k, p)| (c.as_str(), *l, *k, p.as_str()))
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn every_refusal_has_its_code_and_place() {
    refused("", &[("HCD0006", 1, 1, "")]);
    refused("# only a comment\n", &[("HCD0006", 1, 1, "")]);
    refused("a: [1\nb: 2", &[("HCD0004", 1, 4, "")]);
    refused("a: 1\n---\nb: 2", &[("HCD0007", 2, 1, "")]);
    refused(
        "a: &x 1\nb: *x\nc: !!str 1\na: 2",
        &[
            ("HCD0008", 1, 4, "/a"),
            ("HCD0008", 2, 4, "/b"),
            ("HCD0009", 3, 4, "/c"),
            ("HCD0010", 4, 1, "/a"),
        ],
    );
    refused("a: *nowhere", &[("HCD0008", 1, 4, "/a")]);
    refused("releaseName: {{X}}", &[("HCD0011", 1, 14, "/releaseName")]);
    refused(
        "pipeline:\n{% if a %}\n  b: 1\n{% endif %}",
        &[("HCD0005", 2, 1, "/pipeline")],
    );
    refused("a:\n  %{~ if b ~}\n  c: 1", &[("HCD0005", 2, 3, "/a")]);
    refused("a:\n  b:\n${C}\nd: 1", &[("HCD0005", 3, 1, "/a/b")]);
    refused("{{ cookiecutter.name }}: 1", &[("HCD0005", 1, 1, "")]);
    refused("a: 1\nb: \u{0}", &[("HCD0003", 2, 4, "")]);
}

#[test]
fn a_slip_is_told_where_it_stands() {
    for (text, line, column, said) in [
        (
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
            2,
            1,
            "merge conflict",
        ),
        ("a: |\n  text\n=======\nb: 1\n", 3, 1, "merge conflict"),
        ("a:\n\tb: 1\n", 2, 1, "tab"),
        ("a: {b: [1, 2}\nc: 1\n", 1, 8, "`[` is not closed"),
        ("a: {b: 1 # }\nc: 1\n", 1, 4, "`{` is not closed"),
        ("a: '[' \nb: [1\n", 2, 4, "`[` is not closed"),
        ("a: |\n  [\nb: {c: 1\n", 3, 4, "`{` is not closed"),
        ("a: \"b\nc: 1\n", 1, 4, "not closed"),
        ("a: 'it's'\n", 1, 8, "the quoted text ends"),
        ("a: 1\nb:2\nc: 3\n", 2, 2, "space is missing"),
        ("a: b: c\n", 1, 5, "second colon"),
        ("a: @b\n", 1, 4, "begins with @"),
        ("a: 1\nsome words\nb: 2\n", 2, 1, "no key"),
        ("a:\n    b: 1\n  c: 2\n", 3, 3, "indented by 2"),
        ("a: 1\nb:\u{a0}2\nc: 3\n", 2, 3, "no-break space"),
        ("a\u{200b}: 1\n", 1, 2, "zero width space (U+200B)"),
    ] {
        let found = parse("f.yaml", text.as_bytes()).unwrap_err();
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.range.line, finding.range.column, finding.message.contains(said)))
            .collect();
        assert_eq!(told, [(line, column, true)], "{text:?}: {found:#?}");
    }
}

#[test]
fn limits_hold() {
    let deep = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse("f", deep(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(codes(&deep(MAX_DEPTH + 1))[0].0, "HCD0012");
    assert_eq!(codes(&deep(100_000))[0].0, "HCD0012");
    assert_eq!(codes(&"- - ".repeat(2_000))[0].0, "HCD0012");
    // The list is a node as well.
    assert!(parse("f", "- a\n".repeat(49_999).as_bytes()).is_ok());
    assert_eq!(codes(&"- a\n".repeat(50_000))[0].0, "HCD0013");
    assert!(parse("f", "a".repeat(MAX_BYTES).as_bytes()).is_ok());
    assert_eq!(codes(&"a".repeat(MAX_BYTES + 1))[0].0, "HCD0001");
    let not_utf8 = parse("f", b"a: 1\nb: \xff").unwrap_err();
    assert_eq!((not_utf8[0].code.as_str(), not_utf8[0].range.line), ("HCD0002", 2));
}

#[test]
fn many_keys_and_a_long_line_take_no_noticeable_time() {
    let keys: String = (0..24_000).map(|i| format!("é{i}: 1\n")).collect();
    assert_eq!(parse("f", keys.as_bytes()).unwrap().root.entries().count(), 24_000);
    let line = format!("[{}]", "é,".repeat(40_000));
    assert_eq!(
        parse("f", line.as_bytes())
            .unwrap()
            .root
            .items()
            .last()
            .unwrap()
            .range
            .column,
        79_999 + 1
    );
}

#[test]
fn spans_cover_what_was_written() {
    let text = "# head\r\nkey: 'a ''b''' # c\r\nlit: |- # the | header\r\n  one\r\n   two\r\n\r\nfold: >\n  x\n\n\nlist:\n- p q\n- [1, {a: b}]\nempty:\nlast: multi\n  line\n";
    let document = parse("f", format!("\u{feff}{text}").as_bytes()).unwrap();
    let slice = |keys: &[&str]| &text[document.root.at(keys).unwrap().span.clone()];
    assert_eq!(slice(&["key"]), "'a ''b'''");
    assert_eq!(slice(&["lit"]), "|- # the | header\r\n  one\r\n   two");
    assert_eq!(slice(&["fold"]), ">\n  x");
    assert_eq!(slice(&["list"]), "p q\n- [1, {a: b}]");
    assert_eq!(slice(&["empty"]), "");
    assert_eq!(slice(&["last"]), "multi\n  line");
    assert_eq!(document.root.get("lit").unwrap().as_str(), Some("one\n two"));
    assert_eq!(document.root.get("key").unwrap().range.line, 2);
    assert_eq!(document.root.get("last").unwrap().range.end_line, 16);
    let inner = document.root.get("list").unwrap().items().nth(1).unwrap();
    assert_eq!(&text[inner.span.clone()], "[1, {a: b}]");
}

#[test]
fn a_block_ends_with_its_last_value_and_a_text_with_its_quote() {
    let text = "a:\n  b: 1\n\n# c\nd:\n  - x\n\ne: \"x\\\"y\" # \"\nf: 'x\\' # '\n";
    let document = parse("f", text.as_bytes()).unwrap();
    let slice = |key: &str| &text[document.root.get(key).unwrap().span.clone()];
    assert_eq!(["a", "d", "e", "f"].map(slice), ["b: 1", "- x", "\"x\\\"y\"", "'x\\'"]);
}

#[test]
fn a_document_may_be_null_where_it_is_the_only_one() {
    assert!(parse("f", b"~").unwrap().root.is_null());
    let documents = parse_documents("f", "---\n---\na: 1\n").unwrap();
    assert_eq!(documents.len(), 1);
}

#[test]
fn a_finding_ends_where_what_it_is_about_does() {
    for (text, end) in [
        ("a:\n  b:\n${C}\nd: 1", (3, 3)),
        ("x: 1\na: *nowhere", (2, 5)),
        ("a:\n  b: 1\n  b: 2\n", (3, 4)),
    ] {
        let finding = parse("f", text.as_bytes()).unwrap_err().remove(0);
        assert_eq!((finding.range.end_line, finding.range.end_column), end, "{text:?}");
    }
}

#[test]
fn pointers_are_escaped() {
    let document = parse("f", b"a/b:\n  - x~y: 1").unwrap();
    let mut pointers = Vec::new();
    document.root.walk(&mut |pointer, _| pointers.push(pointer.to_owned()));
    assert_eq!(pointers, ["", "/a~1b", "/a~1b/0", "/a~1b/0/x~0y"]);
}

#[test]
fn the_reader_tells_a_good_part_from_a_bad_one() {
    let document = parse("f", b"ports: [80, x]\nempty:\nname: a\nbox:\n  - b\n  - c\n").unwrap();
    let mut reader = Reader::new("f");
    let fields = reader
        .mapping(At::root(&document.root), &["ports", "empty", "name", "box"])
        .unwrap();
    assert_eq!(reader.count(), 0);
    assert!(reader.optional(&fields, "empty").is_none() && reader.optional(&fields, "none").is_none());
    let name = reader.optional(&fields, "name").unwrap();
    assert_eq!(reader.string(&name), Some("a"));

    let ports = reader.required(&fields, "ports").unwrap();
    let ports: Vec<_> = reader.list(&ports);
    assert_eq!(
        ports.iter().map(|at| at.pointer.as_str()).collect::<Vec<_>>(),
        ["/ports/0", "/ports/1"]
    );
    assert_eq!(reader.number(&ports[0], 1, 99), Some(80));
    assert_eq!((reader.count(), reader.since(0).len()), (0, 0));
    assert_eq!(reader.number(&ports[1], 1, 99), None);
    assert!(reader.required(&fields, "none").is_none());
    assert_eq!(reader.count(), 2);
    let since: Vec<&str> = reader.since(1).iter().map(|found| found.code.as_str()).collect();
    assert_eq!(since, ["HCD0020"]);
    assert!(reader.required(&fields, "empty").is_none());
    let mut findings = reader.finish();
    let empty = findings.remove(2);
    assert_eq!((empty.message.as_str(), empty.range.line), ("`empty` is empty", 2));
    let range = findings.remove(1).range;
    assert_eq!(
        (range.line, range.column, range.end_line, range.end_column),
        (1, 1, 1, 1),
        "the mapping's first line is enough"
    );
}

#[test]
fn a_node_says_what_it_holds() {
    for (text, described, truth) in [
        ("[a]", "a list", None),
        ("a: 1", "a mapping", None),
        ("~", "nothing", None),
        ("true", "a boolean", Some(true)),
        ("'true'", "a text", None),
        ("1", "a number", None),
        ("1.5", "a number", None),
        ("a", "a text", None),
    ] {
        let root = parse("f", text.as_bytes()).unwrap().root;
        assert_eq!((root.describe(), root.as_bool()), (described, truth), "{text}");
    }
}

#[test]
fn every_node_is_found_by_its_pointer() {
    let root = parse("f", b"- a: [x, y]\n  b: 1\n- z\n").unwrap().root;
    let mut nodes = Vec::new();
    root.walk(&mut |pointer, node| nodes.push((pointer.to_owned(), node)));
    assert_eq!(nodes.len(), 7);
    for (pointer, node) in nodes {
        assert!(std::ptr::eq(root.at_pointer(&pointer).unwrap(), node));
        assert_eq!(root.pointer_to(node), Some(pointer));
    }
    assert!(root.at_pointer("/0/c").or(root.at_pointer("/2")).is_none());
    let key = &root.items().next().unwrap().entries().nth(1).unwrap().key;
    assert_eq!(root.pointer_to(key).as_deref(), Some("/0/b"));
    assert_eq!(root.pointer_to(&parse("f", b"z").unwrap().root), None);
}

#[test]
fn what_cannot_stand_between_quotes_is_escaped() {
    for (text, escaped) in [
        ("a é 😀", "a é 😀"),
        ("\"\\", "\\\"\\\\"),
        ("\n\r\t", "\\n\\r\\t"),
        ("\u{1}\u{85}", "\\x01\\x85"),
        ("\u{2028}\u{feff}", "\\u2028\\ufeff"),
    ] {
        assert_eq!(escape_double(text), escaped);
        let written = double_quoted(text);
        assert_eq!(
            parse("f", written.as_bytes()).unwrap().root.as_str(),
            Some(text),
            "{written}"
        );
    }
}

#[test]
fn words_of_every_spelling_have_their_meaning() {
    for (texts, meaning) in [
        (["true", "True", "TRUE"], Resolved::Bool(true)),
        (["false", "False", "FALSE"], Resolved::Bool(false)),
        (["~", "null", "NULL"], Resolved::Null),
        (["12", "0xc", "0o14"], Resolved::Int(12)),
        (["1.5", "-1e3", ".inf"], Resolved::Float),
        (["yes", "1.2.3", "e3"], Resolved::String),
    ] {
        for text in texts {
            assert_eq!(resolve(text), meaning, "{text}");
        }
    }
}

#[test]
fn the_reader_collects_all_findings() {
    let document = parse(
        "f",
        b"nmae: x\nkind: Prdo\ncount: 500\nflag: yes\ntags: one\ntitle: 1.0\nteam: ' '\n",
    )
    .unwrap();
    let mut reader = Reader::new("f");
    let known = ["name", "kind", "count", "flag", "tags", "title", "team"];
    let fields = reader.mapping(At::root(&document.root), &known).unwrap();
    let name = reader.required(&fields, "name").unwrap();
    assert_eq!(
        reader.string(&name),
        Some("x"),
        "a misspelt key is read as the one that is meant"
    );
    let get = |key| fields.at().get(key).unwrap();
    assert_eq!(reader.one_of(&get("kind"), &[("Prod", 1), ("Test", 2)]), None);
    assert_eq!(reader.number(&get("count"), 1, 99), None);
    assert_eq!(reader.bool(&get("flag")), None);
    assert!(reader.list(&get("tags")).is_empty());
    assert_eq!(reader.string(&get("title")), None);
    assert_eq!(reader.string(&get("team")), None);
    let findings: Vec<_> = reader
        .finish()
        .into_iter()
        .map(|f| {
            format!(
                "{} {} {}:{} {} ({})",
                f.code,
                f.pointer,
                f.range.line,
                f.range.column,
                f.message,
                f.hint.unwrap()
            )
        })
        .collect();
    assert_eq!(
        findings,
        [
            "HCD0021 /nmae 1:1 `nmae` is not known here (did you mean `name`?)",
            "HCD0023 /kind 2:7 `Prdo` is not one of Prod, Test (did you mean `Prod`?)",
            "HCD0024 /count 3:8 500 is not between 1 and 99 (choose a number in that range)",
            "HCD0022 /flag 4:7 a text stands where true or false is wanted (write true or false)",
            "HCD0022 /tags 5:7 a text stands where a list is wanted (write a list, as in `[one]`)",
            "HCD0022 /title 6:8 a number stands where a text is wanted (write a text; put quotes around `1.0` if that is the text)",
            "HCD0022 /team 7:7 an empty text stands where a text is wanted (write a text)",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_every_place_is_inside(text in "[ a:\\-\n\r\t'\"|>#&*!{}\\[\\],?%é𝄞<+0-9.~]{0,60}") {
        match parse("f", text.as_bytes()) {
            Ok(document) => document.root.walk(&mut |_, node| {
                assert!(text.get(node.span.clone()).is_some(), "{:?} of {text:?}", node.span);
                assert!(node.range.line >= 1 && node.range.column >= 1);
            }),
            Err(findings) => prop_assert!(!findings.is_empty()),
        }
    }

    #[test]
    fn what_is_called_plain_or_quoted_reads_back(text in "\\PC{0,20}|[ a:\\-\n\t'\"|>#&*!{}\\[\\],?%~0-9.yn]{0,8}") {
        let read = |written: String| {
            let document = parse("f", format!("[{written}]").as_bytes()).unwrap();
            document.root.items().next().and_then(|node| node.as_str()).map(str::to_owned)
        };
        prop_assert_eq!(read(harness_cd_yaml::scalar::double_quoted(&text)), Some(text.clone()));
        if harness_cd_yaml::scalar::is_plain_string(&text) {
            prop_assert_eq!(read(text.clone()), Some(text));
        }
    }
}

#[test]
fn a_tab_in_the_indentation_is_told_where_it_stands() {
    for (text, line, column) in [
        ("pipeline:\n  name: x\n\tidentifier: y\n", 3, 1),
        ("pipeline:\n  name: a\tb\n  \tidentifier: y\n", 3, 3),
        ("pipeline:\n  a: x\n\n\n \tb: y\n", 5, 2),
    ] {
        let found = parse("f.yaml", text.as_bytes()).unwrap_err();
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.range.line, finding.range.column))
            .collect();
        assert_eq!(told, [(line, column)], "{text:?}: {found:?}");
        assert!(
            found[0].message.contains("a tab stands in the indentation"),
            "{found:?}"
        );
    }
}

#[test]
fn a_manifest_file_has_several_documents() {
    let documents = parse_documents("m.yaml", "# first\na: 1\n---\n# nothing\n---\nb:\n  - c\n").unwrap();
    let places: Vec<_> = documents
        .iter()
        .map(|document| (document.file.as_str(), document.root.range.line))
        .collect();
    assert_eq!(places, [("m.yaml", 2), ("m.yaml", 6)]);
    let refused = parse_documents("m.yaml", "a: 1\n---\na: 1\na: 2\n").unwrap_err();
    assert_eq!((refused[0].code.as_str(), refused[0].range.line), ("HCD0010", 4));
}

#[test]
fn every_node_is_found_by_the_way_to_it() {
    let text = "a:\n  b/c: [1, {d: }, ~]\n  e:\n  f: |\n    g\n'h~i':\n  -\n  - - j\n    - {}\n";
    let root = parse("f.yaml", text.as_bytes()).unwrap().root;
    let mut seen = 0;
    root.walk(&mut |pointer: &str, node: &Node| {
        assert_eq!(root.pointer_to(node).as_deref(), Some(pointer));
        seen += 1;
    });
    assert_eq!(seen, 14);
    let entry = root.entries().last().unwrap();
    assert_eq!(root.pointer_to(&entry.key).as_deref(), Some("/h~0i"));
    assert_eq!(entry.value.pointer_to(&root), None);
}

/// Whatever stands in a file, what is said of it are our words: what is there, and how to mend it.
#[test]
fn no_sentence_of_the_parser_reaches_anybody() {
    const RAW: [&str; 9] = [
        "while ",
        "did not find",
        "simple key",
        "in this context",
        "scalar",
        "flow ",
        "expected",
        "indicator",
        "invalid ",
    ];
    const GOOD: &str = "a: [b, 'c']\nd:\n  - e: {f: g, h: \"i\"}\n    j: |\n      k\n  - l: m # n\n";
    const PIECES: [&str; 34] = [
        ":",
        ": ",
        "- ",
        "-",
        "?",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "#",
        " #",
        "&",
        "*",
        "!",
        "|",
        ">",
        "'",
        "\"",
        "%",
        "@",
        "`",
        "\\",
        "\t",
        "\n",
        "  ",
        "---\n",
        "...\n",
        "|2x",
        "%YAML 1.2\n",
        "!<a>",
        "\u{feff}",
        "\u{1}",
    ];
    let mut said = std::collections::BTreeSet::new();
    for at in 0..=GOOD.len() {
        for one in PIECES {
            for (other, cut) in PIECES.iter().map(|other| (other, 1)) {
                let end = (at + cut).min(GOOD.len());
                let text = format!("{}{one}{other}{}", &GOOD[..at], &GOOD[end..]);
                let found = parse("f.yaml", text.as_bytes()).err().unwrap_or_default();
                said.extend(found.into_iter().map(|one| (one.message, one.hint)));
            }
        }
    }
    let raw: Vec<_> = (said.iter())
        .filter(|(message, hint)| RAW.iter().any(|raw| message.contains(raw)) || hint.is_none())
        .collect();
    assert!(raw.is_empty(), "{raw:#?}");
    assert!(said.len() > 25, "{}", said.len());
    assert!(said.iter().all(|(message, _)| message != "this cannot be read as YAML"));
}
