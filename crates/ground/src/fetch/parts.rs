//! A multipart/form-data body, built whole: what is sent is bytes we hold, so a repeat sends the same bytes.

/// The parts of a form: fields and files, in order.
pub struct Parts {
    boundary: String,
    body: Vec<u8>,
}

impl Parts {
    pub fn new() -> Parts {
        let mut random = [0u8; 16];
        // Without randomness a fixed boundary is still correct unless the file contains it on purpose.
        let _ = getrandom::fill(&mut random);
        let boundary = random.iter().fold(String::from("part-"), |s, b| s + &format!("{b:02x}"));
        Parts { boundary, body: Vec::new() }
    }

    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Parts {
        self.head(&format!("name=\"{}\"", quoted(name)), None);
        self.body.extend_from_slice(value.as_bytes());
        self.body.extend_from_slice(b"\r\n");
        self
    }

    #[must_use]
    pub fn file(mut self, name: &str, file_name: &str, mime: &str, bytes: &[u8]) -> Parts {
        let disposition = format!("name=\"{}\"; filename=\"{}\"", quoted(name), quoted(file_name));
        self.head(&disposition, Some(mime));
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// The content type and the bytes.
    pub fn done(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (format!("multipart/form-data; boundary={}", self.boundary), self.body)
    }

    fn head(&mut self, disposition: &str, mime: Option<&str>) {
        let mut head = format!("--{}\r\nContent-Disposition: form-data; {disposition}\r\n", self.boundary);
        if let Some(mime) = mime {
            // A media type with a line break in it would be a second header.
            let mime: String = mime.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("Content-Type: {mime}\r\n"));
        }
        head.push_str("\r\n");
        self.body.extend_from_slice(head.as_bytes());
    }
}

impl Default for Parts {
    fn default() -> Parts {
        Parts::new()
    }
}

/// Names as browsers write them into the header.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_reads_back() {
        let (kind, body) = Parts::new()
            .field("description", "འབྲུག་ཡུལ \"valley\"")
            .file("file", "a\"b\r\n.png", "image/png", b"\x89PNG\r\n--part-")
            .done();
        let boundary = multer::parse_boundary(&kind).unwrap();
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
        let mut form = multer::Multipart::new(stream, boundary);
        let field = form.next_field().await.unwrap().unwrap();
        assert_eq!(field.name(), Some("description"));
        assert_eq!(field.text().await.unwrap(), "འབྲུག་ཡུལ \"valley\"");
        let file = form.next_field().await.unwrap().unwrap();
        assert_eq!(file.content_type().unwrap().as_ref(), "image/png");
        assert_eq!(file.bytes().await.unwrap().as_ref(), b"\x89PNG\r\n--part-");
        assert!(form.next_field().await.unwrap().is_none());
    }
}
