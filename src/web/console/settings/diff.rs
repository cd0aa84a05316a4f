//! Two texts line by line: what goes and what comes, with a few lines around it.

/// A line of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    Comes(&'a str),
    Goes(&'a str),
    /// Stands in both.
    Stays(&'a str),
    /// So many lines that stand in both are not shown.
    Gap(usize),
}

/// Lines shown around a difference.
const AROUND: usize = 3;
/// Beyond this many lines on a side the middle is shown as gone and come anew, without looking for what stayed.
const LONGEST: usize = 3_000;

/// The comparison, long stretches of what stays left out.
pub fn compare<'a>(was: &'a str, is: &'a str) -> Vec<Line<'a>> {
    fold(whole(&was.lines().collect::<Vec<_>>(), &is.lines().collect::<Vec<_>>()))
}

/// By the longest common subsequence of the lines between the common beginning and the common end.
fn whole<'a>(was: &[&'a str], is: &[&'a str]) -> Vec<Line<'a>> {
    let begin = was.iter().zip(is).take_while(|(a, b)| a == b).count();
    let most = was.len().min(is.len()) - begin;
    let end = was.iter().rev().zip(is.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (old, new) = (&was[begin..was.len() - end], &is[begin..is.len() - end]);
    let mut lines: Vec<Line<'a>> = was[..begin].iter().map(|line| Line::Stays(line)).collect();
    if old.len() > LONGEST || new.len() > LONGEST {
        lines.extend(old.iter().map(|line| Line::Goes(line)));
        lines.extend(new.iter().map(|line| Line::Comes(line)));
    } else {
        between(old, new, &mut lines);
    }
    lines.extend(was[was.len() - end..].iter().map(|line| Line::Stays(line)));
    lines
}

fn between<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let width = new.len() + 1;
    // common[i * width + j]: lines common to old[i..] and new[j..].
    let mut common = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(Line::Stays(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push(Line::Goes(old[i]));
            i += 1;
        } else {
            lines.push(Line::Comes(new[j]));
            j += 1;
        }
    }
}

fn fold(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let differs: Vec<usize> = (0..lines.len()).filter(|at| !matches!(lines[*at], Line::Stays(_))).collect();
    let is_near = |at: usize| {
        let next = differs.partition_point(|differs| *differs < at);
        let before = next.checked_sub(1).map(|nth| differs[nth]);
        let near = |other: Option<usize>| other.is_some_and(|other| other.abs_diff(at) <= AROUND);
        near(differs.get(next).copied()) || near(before)
    };
    let mut folded = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match folded.last_mut() {
            _ if is_near(at) => folded.push(*line),
            Some(Line::Gap(left_out)) => *left_out += 1,
            _ => folded.push(Line::Gap(1)),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_comes_is_told_and_the_rest_is_folded() {
        let was = "a\nb\nc\nd\ne\nlimit = 3\nf\ng\nh\ni\nj";
        let is = "a\nb\nc\nd\ne\nlimit = 2\nf\ng\nh\ni\nj";
        let told = compare(was, is);
        use Line::{Comes, Gap, Goes, Stays};
        assert_eq!(
            told,
            [
                Gap(2),
                Stays("c"),
                Stays("d"),
                Stays("e"),
                Goes("limit = 3"),
                Comes("limit = 2"),
                Stays("f"),
                Stays("g"),
                Stays("h"),
                Gap(2)
            ]
        );
        assert_eq!(compare("", "a\nb"), [Comes("a"), Comes("b")]);
        assert_eq!(compare("a\nb", ""), [Goes("a"), Goes("b")]);
        assert_eq!(compare("a\na", "a\na\na"), [Stays("a"), Stays("a"), Comes("a")]);
    }

    #[test]
    fn both_texts_can_be_read_off_the_comparison() {
        let texts = ["", "a", "b\na", "a\nb\nc\nb\na", "c\nc\na\nb", "x\ny\na\nb\nz"];
        for was in texts {
            for is in texts {
                let (old, new): (Vec<_>, Vec<_>) = (was.lines().collect(), is.lines().collect());
                let lines = whole(&old, &new);
                let side = |other: fn(&Line<'_>) -> bool| {
                    let lines = lines.iter().filter(|line| !other(line));
                    lines
                        .map(|line| match *line {
                            Line::Comes(text) | Line::Goes(text) | Line::Stays(text) => text,
                            Line::Gap(_) => unreachable!("nothing is folded yet"),
                        })
                        .collect::<Vec<_>>()
                };
                assert_eq!(side(|line| matches!(line, Line::Comes(_))), old, "{was:?} {is:?}");
                assert_eq!(side(|line| matches!(line, Line::Goes(_))), new, "{was:?} {is:?}");
            }
        }
    }
}
