use super::draw;
use crate::commands::drawing::tests::elements;
use crate::commands::evaluate::tiers::tests::found;

#[test]
fn the_drawing_is_well_formed_and_holds_every_point() {
    for (column, points) in [("customer", 16), ("session", 15)] {
        let price = found(column);
        let svg = draw(&price);
        let names = elements(&svg);
        let count = |name: &str| names.iter().filter(|one| *one == name).count();
        assert_eq!(names[..3], ["svg", "title", "desc"]);
        // One mark of each kind is the legend's, one rectangle the ground.
        assert_eq!((count("circle"), count("rect")), (points + 1, points + 2));
        assert_eq!((count("polyline"), count("script")), (4, 0));
        for point in price.series.iter().flat_map(|series| &series.points) {
            let (label, quality) = (&point.label, point.quality);
            let (hits, ranks) = (quality.hit_rate, quality.reciprocal_rank);
            assert!(svg.contains(&format!("<title>{label}: HR@3 {hits:.4}</title>")));
            assert!(svg.contains(&format!("<title>{label}: MRR@3 {ranks:.4}</title>")));
        }
        assert!(svg.contains("prefers-color-scheme:dark"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
