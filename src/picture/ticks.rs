//! Where an axis has its ticks, and what is written there.

use super::parts::Scale;

/// The most ticks that an axis has.
const MOST: usize = 9;

/// A tick and its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub value: f64,
    /// What is written there.
    pub label: String,
}

/// The ticks between `low` and `high`, ascending: at most nine, at round numbers.
pub fn ticks(scale: Scale, low: f64, high: f64) -> Vec<Tick> {
    match scale {
        Scale::Linear => linear(low, high),
        Scale::Logarithmic => logarithmic(low, high),
    }
}

/// Multiples of the smallest of 1, 2 and 5 times a power of ten that needs no more ticks than are allowed.
fn linear(low: f64, high: f64) -> Vec<Tick> {
    let least = exponent((high - low) / MOST as f64);
    let mut steps = (least..least + 3).flat_map(|e| [1, 2, 5].map(|m| (m, e)));
    let fits = |(m, e): &(u32, i32)| (high - low) / decimal(*m, *e) < MOST as f64;
    let Some((m, e)) = steps.find(fits) else { return Vec::new() };
    let step = decimal(m, e);
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    let count = (last - first).clamp(0.0, MOST as f64) as usize;
    let at = |i: usize| (first + i as f64) * step;
    let label = |value: f64| match value == 0.0 {
        true => "0".into(),
        false if (-4..5).contains(&e) => format!("{value:.*}", (-e).max(0) as usize),
        false => format!("{value:.*e}", (exponent(value.abs()) - e).clamp(0, 16) as usize),
    };
    (0..=count).map(at).map(|value| Tick { value, label: label(value) }).collect()
}

/// Powers of ten; below three of them also 2 and 5 times; where even these are not two, as on a linear axis: so that there are ticks.
fn logarithmic(low: f64, high: f64) -> Vec<Tick> {
    let (least, most) = (exponent(low), exponent(high));
    let between = |(m, e): (u32, i32)| {
        let value = decimal(m, e);
        (low <= value && value <= high).then(|| Tick { value, label: power_label(m, e) })
    };
    let powers: Vec<Tick> = (least..=most).filter_map(|e| between((1, e))).collect();
    match powers.len() {
        0..=2 => {
            let round: Vec<Tick> = (least..=most).flat_map(|e| [1, 2, 5].map(|m| (m, e))).filter_map(between).collect();
            if round.len() < 2 { linear(low, high) } else { round }
        }
        count => powers.into_iter().step_by(count.div_ceil(MOST)).collect(),
    }
}

fn power_label(m: u32, e: i32) -> String {
    match e {
        -3..4 => format!("{:.*}", (-e).max(0) as usize, decimal(m, e)),
        _ => format!("{m}e{e}"),
    }
}

/// `m 10^e`, rounded to the nearest double.
fn decimal(m: u32, e: i32) -> f64 {
    format!("{m}e{e}").parse().unwrap_or(f64::NAN)
}

/// The exponent of ten of a positive number, exactly.
fn exponent(x: f64) -> i32 {
    let written = format!("{x:e}");
    written.rsplit_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, low: f64, high: f64) -> Vec<String> {
        ticks(scale, low, high).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn linear_ticks_are_round_and_few() {
        assert_eq!(labels(Scale::Linear, 0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(Scale::Linear, -3.0, 4000.0), ["0", "500", "1000", "1500", "2000", "2500", "3000", "3500", "4000"]);
        assert_eq!(labels(Scale::Linear, 1e-7, 3.5e-7), ["1.0e-7", "1.5e-7", "2.0e-7", "2.5e-7", "3.0e-7", "3.5e-7"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_where_there_are_some() {
        assert_eq!(labels(Scale::Logarithmic, 1e-28, 1.0).first().map(String::as_str), Some("1e-28"));
        assert_eq!(labels(Scale::Logarithmic, 0.05, 200.0), ["0.1", "1", "10", "100"]);
        assert_eq!(labels(Scale::Logarithmic, 16.0, 128.0), ["20", "50", "100"]);
        assert_eq!(labels(Scale::Logarithmic, 241.0, 279.0), ["245", "250", "255", "260", "265", "270", "275"]);
    }

    #[test]
    fn ticks_lie_within_whatever_the_ends() {
        let ends = [(1e-300, 1e300), (f64::MIN_POSITIVE, f64::MAX), (1.0, 1.0 + 1e-15), (1e300, 1.0000001e300), (5e-324, 1e-320)];
        for (low, high) in ends {
            for scale in [Scale::Linear, Scale::Logarithmic] {
                let ticks = ticks(scale, low, high);
                assert!(ticks.len() <= MOST + 1, "{scale:?} {low} {high}");
                assert!(ticks.iter().all(|t| t.value.is_finite()), "{scale:?} {low} {high}");
            }
        }
    }
}
