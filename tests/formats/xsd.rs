//! As much of XML Schema as `tests/schemas/junit.xsd` uses: which elements and attributes stand where, and the
//! types that it gives attributes.

use roxmltree::{Document, Node};

const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// What in the document the schema does not allow.
pub(crate) fn errors(schema: &str, document: &str) -> Vec<String> {
    let schema = Document::parse(schema).unwrap();
    let document = match Document::parse(document) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let checker = Checker {
        root: schema.root_element(),
    };
    let root = document.root_element();
    let mut errors = Vec::new();
    match checker.named("element", root.tag_name().name()) {
        Some(declared) => checker.element(root, declared, &mut errors),
        None => errors.push(format!(
            "no document begins with {}",
            root.tag_name().name()
        )),
    }
    errors
}

struct Checker<'s> {
    root: Node<'s, 's>,
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((XS, name))
}

impl<'s> Checker<'s> {
    fn named(&self, kind: &str, name: &str) -> Option<Node<'s, 's>> {
        let mut all = self.root.children();
        all.find(|node| is(*node, kind) && node.attribute("name") == Some(name))
    }

    /// The nodes that say what an element holds: its own type's, and those of the types it extends.
    fn types(&self, declared: Node<'s, 's>) -> Vec<Node<'s, 's>> {
        let mut out = Vec::new();
        let inner = declared.children().find(|node| is(*node, "complexType"));
        let mut next = inner.or_else(|| self.named("complexType", declared.attribute("type")?));
        while let Some(node) = next {
            let extension = node
                .descendants()
                .find(|inner| is(*inner, "extension") && inner.ancestors().nth(2) == Some(node));
            out.push(extension.unwrap_or(node));
            next = extension.and_then(|inner| self.named("complexType", inner.attribute("base")?));
        }
        out
    }

    fn element(&self, node: Node<'_, '_>, declared: Node<'s, 's>, errors: &mut Vec<String>) {
        let types = self.types(declared);
        let of_kind = |kind: &'static str| {
            let children = types.iter().flat_map(move |one| one.children());
            children.filter(move |child| is(*child, kind))
        };
        self.attributes(node, &of_kind("attribute").collect::<Vec<_>>(), errors);
        let sequence: Vec<_> = of_kind("sequence").flat_map(|one| one.children()).collect();
        let choice: Vec<_> = of_kind("choice").flat_map(|one| one.children()).collect();
        let elements = |all: Vec<Node<'s, 's>>| -> Vec<_> {
            all.into_iter().filter(|one| is(*one, "element")).collect()
        };
        let (sequence, choice) = (elements(sequence), elements(choice));
        let mut children: Vec<_> = node.children().filter(Node::is_element).collect();
        let at = |child: &Node<'_, '_>| {
            format!("{} in {}", child.tag_name().name(), node.tag_name().name())
        };
        if !choice.is_empty() {
            if children.len() > 1 {
                errors.push(format!("more than one {}", at(&children[1])));
            }
            for child in &children {
                let name = Some(child.tag_name().name());
                match choice.iter().find(|one| one.attribute("name") == name) {
                    Some(declared) => self.element(*child, *declared, errors),
                    None => errors.push(format!("no {}", at(child))),
                }
            }
            return;
        }
        for declared in sequence {
            let name = declared.attribute("name");
            let many = declared.attribute("maxOccurs") == Some("unbounded");
            let fits = |child: &&Node<'_, '_>| Some(child.tag_name().name()) == name;
            let count = children.iter().take_while(fits).count();
            let least = usize::from(declared.attribute("minOccurs") != Some("0"));
            if count < least || (count > 1 && !many) {
                errors.push(format!(
                    "{count} times {name:?} in {}",
                    node.tag_name().name()
                ));
            }
            for child in children.drain(..count) {
                self.element(child, declared, errors);
            }
        }
        errors.extend(children.iter().map(|child| format!("no {}", at(child))));
    }

    fn attributes(&self, node: Node<'_, '_>, declared: &[Node<'s, 's>], errors: &mut Vec<String>) {
        let of = node.tag_name().name();
        for one in declared {
            let name = one.attribute("name").unwrap();
            match node.attribute(name) {
                None if one.attribute("use") == Some("required") => {
                    errors.push(format!("{of} lacks {name}"));
                }
                Some(value) if !self.fits(*one, value) => {
                    errors.push(format!("{of} {name}={value}"));
                }
                _ => {}
            }
        }
        for attribute in node.attributes() {
            let known = declared
                .iter()
                .any(|one| one.attribute("name") == Some(attribute.name()));
            if !known {
                errors.push(format!("{of} has {}", attribute.name()));
            }
        }
    }

    fn fits(&self, attribute: Node<'s, 's>, value: &str) -> bool {
        let named = attribute.attribute("type");
        let own = attribute.children().find(|node| is(*node, "simpleType"));
        let simple = own.or_else(|| self.named("simpleType", named?));
        if let Some(simple) = simple {
            return simple
                .descendants()
                .all(|facet| match facet.attribute("value") {
                    Some(pattern) if is(facet, "pattern") => {
                        regex::Regex::new(&format!("^(?:{pattern})$"))
                            .unwrap()
                            .is_match(value)
                    }
                    Some(least) if is(facet, "minLength") => value.len() >= least.parse().unwrap(),
                    _ => true,
                });
        }
        match named {
            Some("xs:int") => value.parse::<i32>().is_ok(),
            Some("xs:decimal") => value.parse::<f64>().is_ok() && !value.contains(['e', 'E']),
            _ => true,
        }
    }
}
