//! UTF-8 or Windows-1251: told by reading the whole file once, so that no half of it is taken in the wrong one.

use std::fs::File;
use std::io::{Read, Seek};

use encoding_rs::{Decoder, WINDOWS_1251};

use super::super::ImportFault;

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// A text file's bytes as UTF-8.
#[derive(Debug)]
pub struct Text {
    file: File,
    /// `None`: UTF-8 already.
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// Bytes of the file read so far, and in all.
    pub done: u64,
    pub total: u64,
}

impl Text {
    /// Reads the file through once, to tell its encoding and to find what is no text.
    pub fn open(mut file: File) -> Result<Self, ImportFault> {
        let (encoding, total) = sniff(&mut file)?;
        let read = |source| ImportFault::Read { source };
        file.rewind().map_err(read)?;
        let decoder = match encoding {
            Encoding::Utf8 => None,
            Encoding::Windows1251 => Some(WINDOWS_1251.new_decoder_without_bom_handling()),
        };
        let text = if decoder.is_some() { vec![0; 3 * CHUNK + 16] } else { Vec::new() };
        Ok(Self { file, decoder, raw: vec![0; CHUNK], text, done: 0, total })
    }

    /// Goes back to the beginning.
    pub fn rewind(&mut self) -> Result<(), ImportFault> {
        self.file.rewind().map_err(|source| ImportFault::Read { source })?;
        self.done = 0;
        if self.decoder.is_some() {
            self.decoder = Some(WINDOWS_1251.new_decoder_without_bom_handling());
        }
        Ok(())
    }

    /// The next piece, empty at the end. It may break inside a character.
    pub fn next_piece(&mut self) -> Result<&[u8], ImportFault> {
        let length = self.file.read(&mut self.raw).map_err(|source| ImportFault::Read { source })?;
        self.done += length as u64;
        let Some(decoder) = &mut self.decoder else { return Ok(&self.raw[..length]) };
        let (_, _, written, _) = decoder.decode_to_utf8(&self.raw[..length], &mut self.text, false);
        Ok(&self.text[..written])
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Windows1251,
}

fn sniff(file: &mut File) -> Result<(Encoding, u64), ImportFault> {
    let mut told = Told::default();
    let mut buffer = vec![0; CHUNK];
    loop {
        let length = file.read(&mut buffer[told.carried..]).map_err(|source| ImportFault::Read { source })?;
        let end = told.carried + length;
        told.carried = told.take(&buffer[..end], length == 0)?;
        buffer.copy_within(end - told.carried..end, 0);
        if length == 0 {
            return Ok((told.encoding()?, told.bytes));
        }
        told.bytes += length as u64;
    }
}

/// What the bytes told so far.
#[derive(Debug, Default)]
struct Told {
    bytes: u64,
    lines: u64,
    /// Bytes at the end of the last piece that begin a character.
    carried: usize,
    /// The first line that is not UTF-8.
    not_utf8: Option<u64>,
    /// Bytes above ASCII, and those among them that are letters of the alphabet in Windows-1251.
    high: u64,
    cyrillic: u64,
}

impl Told {
    /// Takes a piece; answers how many bytes at its end belong to the next one.
    fn take(&mut self, piece: &[u8], last: bool) -> Result<usize, ImportFault> {
        if let Some(at) = piece.iter().position(|&byte| byte == 0) {
            return Err(ImportFault::Nul { line: self.lines + newlines(&piece[..at]) + 1 });
        }
        let mut carry = 0;
        if self.not_utf8.is_none()
            && let Err(fault) = std::str::from_utf8(piece)
        {
            match fault.error_len() {
                None if !last => carry = piece.len() - fault.valid_up_to(),
                _ => self.not_utf8 = Some(self.lines + newlines(&piece[..fault.valid_up_to()]) + 1),
            }
        }
        let told = &piece[..piece.len() - carry];
        self.lines += newlines(told);
        for &byte in told.iter().filter(|byte| **byte >= 0x80) {
            self.high += 1;
            // Letters, Ё, ё, №, « » and the hard space.
            if byte >= 0xC0 || matches!(byte, 0xA0 | 0xA8 | 0xAB | 0xB8 | 0xB9 | 0xBB | 0x96 | 0x97) {
                self.cyrillic += 1;
            }
        }
        Ok(carry)
    }

    /// Windows-1251 when nearly all above ASCII would be Russian letters in it. UTF-8 with a broken byte in it
    /// would be half signs, and is neither.
    fn encoding(&self) -> Result<Encoding, ImportFault> {
        match self.not_utf8 {
            None => Ok(Encoding::Utf8),
            Some(_) if self.cyrillic * 100 >= self.high * 95 => Ok(Encoding::Windows1251),
            Some(line) => Err(ImportFault::NotText { line }),
        }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}
