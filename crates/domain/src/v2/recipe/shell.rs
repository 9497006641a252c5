//! A script as the commands in it, as far as checks need it: words with their quotes resolved. Nothing is expanded; what a
//! shell would expand stays as it is written.

/// The commands of a script, each as its words, in their order.
pub(super) fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    // `None` between words; quotes begin a word even if there is nothing in them.
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"'), '\\') if matches!(chars.peek(), Some('"' | '\\' | '$' | '`' | '\n')) => {
                let escaped = chars.next().filter(|c| *c != '\n');
                word.get_or_insert_default().extend(escaped);
            }
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') => match chars.next() {
                // A line goes on.
                Some('\n') | None => {}
                Some('\r') if chars.peek() == Some(&'\n') => {
                    chars.next();
                }
                Some(c) => word.get_or_insert_default().push(c),
            },
            (None, '#') if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => {
                // `$(` is part of a word for what it gives, and a command of its own: what is in it is looked at as well.
                words.extend(word.take());
                if !words.is_empty() {
                    commands.push(std::mem::take(&mut words));
                }
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word.take());
    if !words.is_empty() {
        commands.push(words);
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_its_commands() {
        let script = "#!/bin/sh\n# docker run x\ncd /a && docker  run \\\n  -e 'A=b c' \"im\\\"g\" ''; echo a#b | tee x\r\n";
        assert_eq!(
            commands(script),
            [
                vec!["cd", "/a"],
                vec!["docker", "run", "-e", "A=b c", "im\"g", ""],
                vec!["echo", "a#b"],
                vec!["tee", "x"],
            ]
        );
        assert_eq!(
            commands("a $(b c)d"),
            [vec!["a", "$"], vec!["b", "c"], vec!["d"]]
        );
        assert!(commands(" \n;").is_empty());
    }
}
