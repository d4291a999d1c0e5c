use super::*;

fn picture(points: Vec<(f64, f64)>, scale: Scale) -> Picture {
    let axis = |label: &str| Axis { label: label.into(), scale };
    let series = |name: &str, style, colour| Series { name: name.into(), style, colour, points: points.clone() };
    Picture {
        title: "te < eps & more".into(),
        description: "Six values.".into(),
        x: axis("eps"),
        y: axis("te"),
        series: vec![
            series("band", Style::Band, 0),
            series("joint", Style::Points, 1),
            series("fit", Style::Thin, 2),
            series("loss", Style::Line, 3),
        ],
        marks: vec![Mark { x: 1.0, label: "phase 2".into() }],
    }
}

/// The two numbers of every marker of one picture: a square for each point.
fn corners(svg: &str) -> Vec<(i32, i32)> {
    let squares = svg.lines().filter(|line| line.starts_with("<rect") && line.contains("width=\"8\""));
    let number = |line: &str, key: &str| line.split(&format!(" {key}=\"")).nth(1)?.split('"').next()?.parse::<i32>().ok();
    squares.filter_map(|line| Some((number(line, "x")?, number(line, "y")?))).collect()
}

#[test]
fn equal_factors_are_equal_lengths_on_a_logarithmic_axis() {
    let points = vec![(1e-2, 1e-3), (1e-1, 1e-2), (1.0, 1e-1), (1e1, 1.0)];
    let corners = corners(&picture(points, Scale::Logarithmic).svg().unwrap());
    let steps: Vec<_> = corners.windows(2).map(|w| (w[1].0 - w[0].0, w[0].1 - w[1].1)).collect();
    // The last square is the key's.
    let (first, rest) = (steps[0], &steps[..3]);
    assert!(first.0 > 50 && first.1 > 30, "{steps:?}");
    assert!(rest.iter().all(|s| (s.0 - first.0).abs() <= 1 && (s.1 - first.1).abs() <= 1), "{steps:?}");
}

#[test]
fn what_has_no_place_is_counted_and_not_drawn() {
    let points = vec![(0.1, 1.0), (0.2, 0.0), (f64::NAN, 1.0), (0.4, f64::INFINITY)];
    let svg = picture(points, Scale::Logarithmic).svg().unwrap();
    assert!(svg.contains("joint (3 of 4 without a place on these axes)"), "{svg}");
    assert_eq!(corners(&svg).len(), 2);
}

#[test]
fn any_values_are_drawn_or_left_out() {
    let extremes = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.0, -0.0, 1.0, f64::NAN, f64::NEG_INFINITY];
    for scale in [Scale::Linear, Scale::Logarithmic] {
        for x in extremes {
            for y in extremes {
                picture(vec![(x, y)], scale).svg().unwrap();
                picture(vec![(x, y), (y, x)], scale).svg().unwrap();
            }
        }
        picture(Vec::new(), scale).svg().unwrap();
    }
}

#[test]
fn a_picture_stands_in_a_page_as_it_is() {
    let svg = picture(vec![(0.1, 0.2), (0.3, 0.1)], Scale::Linear).svg().unwrap();
    assert!(svg.starts_with("<svg role=\"img\" ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("<title>te &lt; eps &amp; more</title>") && svg.contains("<desc>Six values.</desc>"));
    assert!(["style=", "href", "<script", "url("].iter().all(|word| !svg.contains(word)));
}

/// The bytes are pinned: they are the same on every machine.
#[test]
fn the_bytes_are_those_of_every_machine() {
    let points = (1..40).map(|i| (f64::from(i), 1.0 / f64::from(i * i))).collect();
    let digests = [Scale::Linear, Scale::Logarithmic].map(|scale| {
        let svg = picture(Vec::clone(&points), scale).svg().unwrap();
        blake3::hash(svg.as_bytes()).to_hex()[..16].to_string()
    });
    assert_eq!(digests, ["f2a7df7ec572957a", "6228f04285b23817"]);
}
