//! A stereo A-law WAV file that is whole at any moment, give or take a few seconds.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// An open recording. Its header is corrected every two seconds of sound, so a crash costs no more than the
/// header's last correction, and most players read on to the end of the file.
#[derive(Debug)]
pub(super) struct RecordingFile {
    file: File,
    /// Bytes of sound written.
    written: u32,
    /// Of those, how many the header tells of.
    told: u32,
}

impl RecordingFile {
    /// Makes the file, for its owner's eyes alone; one that exists is never overwritten.
    pub fn create(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(&header(0))?;
        Ok(Self { file, written: 0, told: 0 })
    }

    /// Appends interleaved bytes, left then right.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.written.checked_add(bytes.len() as u32).ok_or(io::ErrorKind::FileTooLarge)?;
        self.file.write_all(bytes)?;
        self.written = written;
        if self.written - self.told >= CORRECTED_EVERY {
            self.correct()?;
        }
        Ok(())
    }

    /// Lets the header tell of everything written.
    pub fn correct(&mut self) -> io::Result<()> {
        self.file.write_all_at(&header(self.written), 0)?;
        self.told = self.written;
        Ok(())
    }
}

/// RIFF, `fmt ` with WAVE_FORMAT_ALAW (6), `fact` (asked for where the format is not PCM), `data`.
fn header(sound: u32) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    let mut at = 0;
    let mut put = |field: &[u8]| {
        bytes[at..at + field.len()].copy_from_slice(field);
        at += field.len();
    };
    put(b"RIFF");
    put(&sound.saturating_add(HEADER as u32 - 8).to_le_bytes());
    put(b"WAVEfmt ");
    put(&18u32.to_le_bytes());
    for field in [6u16, CHANNELS] {
        put(&field.to_le_bytes());
    }
    put(&RATE.to_le_bytes());
    put(&(RATE * u32::from(CHANNELS)).to_le_bytes());
    // Bytes a frame, bits a sample, no extension.
    for field in [CHANNELS, 8, 0] {
        put(&field.to_le_bytes());
    }
    put(b"fact");
    put(&4u32.to_le_bytes());
    put(&(sound / u32::from(CHANNELS)).to_le_bytes());
    put(b"data");
    put(&sound.to_le_bytes());
    bytes
}

const CHANNELS: u16 = 2;
const RATE: u32 = 8000;
const HEADER: usize = 58;
const CORRECTED_EVERY: u32 = 2 * RATE * CHANNELS as u32;

#[cfg(test)]
mod tests {
    use super::*;

    fn field(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn a_file_cut_off_by_a_crash_tells_of_all_but_the_last_two_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/call.wav");
        let mut file = RecordingFile::create(&path).unwrap();
        for _ in 0..100 {
            file.append(&[0xd5; 1600]).unwrap();
        }
        drop(file);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), HEADER + 160_000);
        let told = field(&bytes, HEADER - 4);
        assert!(told <= 160_000 && told > 160_000 - CORRECTED_EVERY, "{told}");
        assert_eq!(field(&bytes, 4), told + HEADER as u32 - 8);
        assert_eq!(field(&bytes, HEADER - 12), told / 2);
    }

    #[test]
    fn the_header_reads_as_stereo_a_law_at_8_khz() {
        let bytes = header(320);
        assert_eq!(&bytes[..4], b"RIFF");
        assert_eq!(&bytes[8..16], b"WAVEfmt ");
        assert_eq!(bytes[20..24], [6, 0, 2, 0]);
        assert_eq!(field(&bytes, 24), 8000);
        assert_eq!(field(&bytes, 28), 16000);
        assert_eq!(bytes[32..38], [2, 0, 8, 0, 0, 0]);
        assert_eq!(&bytes[50..54], b"data");
    }

    #[test]
    fn a_recording_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        RecordingFile::create(&path).unwrap();
        assert_eq!(RecordingFile::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }
}
