use super::*;
use std::io::Cursor;

fn found(bytes: &[u8]) -> Option<Kind> {
    let head = &bytes[..bytes.len().min(4096)];
    recognise(head, &mut Cursor::new(bytes))
}

fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], name, body].concat()
}

fn movie(brand: &[u8; 4], handlers: &[&[u8; 4]]) -> Vec<u8> {
    let mut header = vec![0; 100];
    header[12..16].copy_from_slice(&600u32.to_be_bytes());
    header[16..20].copy_from_slice(&(600u32 * 90).to_be_bytes());
    let track =
        |h: &&[u8; 4]| boxed(b"trak", &boxed(b"mdia", &boxed(b"hdlr", &[&[0; 8][..], &h[..], &[0; 13]].concat())));
    let tracks: Vec<u8> = handlers.iter().flat_map(track).collect();
    let ftyp = boxed(b"ftyp", &[&brand[..], &[0, 0, 2, 0], b"isom"].concat());
    [ftyp, boxed(b"mdat", &[7; 9000]), boxed(b"moov", &[boxed(b"mvhd", &header), tracks].concat())].concat()
}

#[test]
fn a_film_and_a_sound_recording_are_told_apart_by_what_is_in_them() {
    let film = found(&movie(b"mp42", &[b"soun", b"vide"])).unwrap();
    assert_eq!((film.mime, film.duration_ms), ("video/mp4", Some(90_000)));
    assert_eq!(found(&movie(b"M4A ", &[b"soun"])).unwrap().mime, "audio/mp4");
    assert_eq!(found(&movie(b"qt  ", &[b"vide"])).unwrap().mime, "video/mp4", "one of its brands is played everywhere");
    assert_eq!(found(&movie(b"avif", &[b"vide"])), None, "a picture");
    assert_eq!(found(&movie(b"isom", &[])), None, "nothing in it");
    assert_eq!(found(&boxed(b"ftyp", b"isom\0\0\x02\0isom")), None);
    let many: Vec<u8> = (0..3000).flat_map(|_| boxed(b"free", b"")).collect();
    assert_eq!(found(&[boxed(b"ftyp", b"isom\0\0\x02\0isom"), many].concat()), None, "a file of headers only");
}

#[test]
fn a_box_that_lies_about_its_length_leads_nowhere() {
    let mut film = movie(b"mp42", &[b"vide"]);
    let at = film.windows(4).position(|w| w == b"trak").unwrap();
    film[at - 4..at].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(found(&film), None);
    film[at - 4..at].copy_from_slice(&2u32.to_be_bytes());
    assert_eq!(found(&film), None);
}

#[test]
fn sound_in_its_other_containers() {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0);
    let frames = [frame.clone(), frame.clone()].concat();
    assert_eq!(found(&frames).unwrap().mime, "audio/mpeg");
    assert_eq!(found(&frame), None, "one frame is a chance");
    let tagged = [b"ID3\x04\x00\x00\x00\x00\x40\x00".to_vec(), vec![0; 64 * 128], frame].concat();
    assert_eq!(found(&tagged).unwrap().mime, "audio/mpeg", "behind a picture of the cover");
    let page = |first: &[u8]| [&b"OggS\0\x02"[..], &[0; 20], &[1, u8::try_from(first.len()).unwrap()], first].concat();
    assert_eq!(found(&page(b"OpusHead\x01\x01")).unwrap().mime, "audio/ogg");
    assert_eq!(found(&page(b"\x80theora")), None);
    let wav = found(&crate::posts::recording::sample(2_500)).unwrap();
    assert_eq!((wav.mime, wav.duration_ms), ("audio/wav", Some(2_500)));
    let webm = |kind: &[u8]| {
        [&[0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x80 | u8::try_from(kind.len()).unwrap()], kind].concat()
    };
    assert_eq!(found(&webm(b"webm")).unwrap().mime, "video/webm");
    assert_eq!(found(&webm(b"matroska")), None);
}

#[test]
fn what_is_neither_is_refused() {
    for other in [
        &b""[..],
        b"MZ\x90\x00",
        b"<html><video>",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"WEBVTT\n",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"RIFF\x10\0\0\0WAVE",
        b"\xff\xd8\xff\xe0",
        b"ID3\x04\x00\x00\xff\x00\x40\x00",
        b"OggS\0",
    ] {
        assert_eq!(found(other), None, "{other:?}");
    }
}
