//! A strict reader of the one form of XML that WeChat sends: a flat `<xml>` of elements without attributes, each with text
//! or one `<![CDATA[…]]>` in it. Everything else is refused; nothing is declared, included or looked up.
use std::collections::BTreeMap;

/// More elements are in no message.
const MOST: usize = 64;

/// The elements by name; `None` if it is not of this form.
pub(super) fn flat(text: &str) -> Option<BTreeMap<&str, String>> {
    let mut rest = text.trim().strip_prefix("<xml>")?.strip_suffix("</xml>")?.trim();
    let mut all = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix('<')?.split_once('>')?;
        let named = (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let (value, after) = value(after)?;
        let after = after.strip_prefix("</")?.strip_prefix(name)?.strip_prefix('>')?;
        if !named || all.len() >= MOST || all.insert(name, value).is_some() {
            return None;
        }
        rest = after.trim_start();
    }
    Some(all)
}

/// What stands in an element, and what comes after it.
fn value(text: &str) -> Option<(String, &str)> {
    if let Some(inner) = text.strip_prefix("<![CDATA[") {
        let (value, after) = inner.split_once("]]>")?;
        return Some((value.to_owned(), after));
    }
    let end = text.find('<')?;
    let (plain, after) = text.split_at_checked(end)?;
    Some((unescaped(plain)?, after))
}

fn unescaped(text: &str) -> Option<String> {
    let mut pieces = text.split('&');
    let mut out = pieces.next()?.to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once(';')?;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        });
        out.push_str(after);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_message_is_read() {
        let all = flat(" <xml>\n<A><![CDATA[<b> & ]]]]></A>\n<N>1348831860</N><E></E><Q>a &lt;&amp;&gt; b</Q></xml>\n")
            .unwrap();
        let of = |name: &str| all.get(name).map(String::as_str);
        assert_eq!(
            (of("A"), of("N"), of("E"), of("Q")),
            (Some("<b> & ]]"), Some("1348831860"), Some(""), Some("a <&> b"))
        );
    }

    #[test]
    fn whatever_is_not_flat_is_refused() {
        let declared = "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><A>&a;</A></xml>";
        let many: String = (0..=MOST).map(|n| format!("<A{n}>x</A{n}>")).collect();
        for bad in [
            "",
            "<xml>",
            "<xml><A>x</A>",
            "<xml><A>x</B></xml>",
            "<xml><A b=\"c\">x</A></xml>",
            "<xml><A><B>x</B></A></xml>",
            "<xml><A>x</A><A>y</A></xml>",
            "<xml><A>&a;</A></xml>",
            "<xml><A>a & b</A></xml>",
            "<xml><A><![CDATA[x</A></xml>",
            "<xml><A/></xml>",
            "<xml>words</xml>",
            "<xml><>x</></xml>",
            declared,
            &format!("<xml>{many}</xml>"),
        ] {
            assert_eq!(flat(bad), None, "{bad}");
        }
    }
}
