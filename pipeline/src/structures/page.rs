//! `SAMPLE.structures.html`: depth along the locus, the share of the gene's base at each site beside what the call
//! expects, and the ranked pairs.

use std::fmt::Write as _;

use pgx_rules::structure::StructureCall;

use super::SampleStructures;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 180.0;
const MARGIN: f64 = 42.0;

/// The page.
pub fn page(sample: &SampleStructures) -> String {
    let mut html = String::from(HEAD);
    let _ = write!(html, "<h1>Structures: {}</h1>", escape(&sample.sample));
    let _ = write!(
        html,
        "<p class=small>{}, {}. Research use: confirm before dosing by it.</p>",
        escape(&sample.file),
        sample.assembly
    );
    for gene in &sample.genes {
        let call = gene.diplotype.as_deref().unwrap_or("no call");
        let _ = write!(html, "<h2>{}: {}</h2>", escape(&gene.gene), escape(call));
        if let Some(best) = gene.ranked.first().filter(|_| gene.diplotype.is_some()) {
            let _ = write!(
                html,
                "<p>Posterior {:.3}; {} copies; {}.</p>",
                best.posterior,
                best.copies,
                escape(&best.structure)
            );
        }
        for note in &gene.notes {
            let _ = write!(html, "<p class=note>{}</p>", escape(note));
        }
        html += &depth(gene);
        html += &shares(gene);
        html += &segments(gene);
        html += &ranked(gene);
    }
    html += &super::copies::section(&sample.copies);
    html += "</main></body></html>\n";
    html
}

fn depth(gene: &StructureCall) -> String {
    let most = gene.profile.iter().copied().fold(1.0, f64::max);
    let step = (WIDTH - MARGIN) / gene.profile.len().max(1) as f64;
    let mut bars = String::new();
    for (index, depth) in gene.profile.iter().enumerate() {
        let height = depth / most * HEIGHT;
        let _ = write!(
            bars,
            "<rect x={:.1} y={:.1} width={:.1} height={height:.1} fill='#4f93c4'/>",
            MARGIN + index as f64 * step,
            HEIGHT - height,
            step * 0.9
        );
    }
    let control = HEIGHT - gene.control_depth / most * HEIGHT;
    format!(
        "<h3>Depth along the locus</h3><p class=small>Windows over the gene, the pseudogene and the control; the line is the control's \
         depth (two copies).</p><svg viewBox='0 0 {WIDTH} {:.0}' role=img aria-label='Depth along the locus'>{bars}\
         <line x1={MARGIN} x2={WIDTH} y1={control:.1} y2={control:.1} stroke='#9b2226' stroke-dasharray='5 4'/>\
         <text x=0 y={:.1}>{:.0}</text><text x=0 y=12>{most:.0}</text></svg>",
        HEIGHT + 4.0,
        control + 4.0,
        gene.control_depth
    )
}

fn shares(gene: &StructureCall) -> String {
    if gene.sites.is_empty() {
        return String::new();
    }
    let step = (WIDTH - MARGIN) / gene.sites.len() as f64;
    let mut marks = String::new();
    for (index, site) in gene.sites.iter().enumerate() {
        let x = MARGIN + (index as f64 + 0.5) * step;
        let y = |share: f64| HEIGHT - share * HEIGHT;
        let colour = if site.expected.is_some() { "#0b4f8a" } else { "#b7bec6" };
        let _ = write!(
            marks,
            "<circle cx={x:.1} cy={:.1} r=3 fill='{colour}'><title>{}: {:.2} of {} fragments</title></circle>",
            y(site.share),
            site.position,
            site.share,
            site.fragments
        );
        if let Some(expected) = site.expected {
            let _ = write!(
                marks,
                "<line x1={:.1} x2={:.1} y1={e:.1} y2={e:.1} stroke='#c8742b' stroke-width=2 />",
                x - step / 2.0,
                x + step / 2.0,
                e = y(expected)
            );
        }
    }
    format!(
        "<h3>Share of the gene's base at sites that tell it from the pseudogene</h3><p class=small>Dots: what the fragments show, from the \
         gene's 3' end on the left to its 5' end; grey: left out, unlike the reference sequence. Lines: what the best pair expects.</p>\
         <svg viewBox='0 -6 {WIDTH} {:.0}' role=img aria-label='Share of the gene at each site'>{marks}<text x=0 y=4>1.0</text>\
         <text x=0 y={HEIGHT}>0.0</text></svg>",
        HEIGHT + 12.0
    )
}

fn segments(gene: &StructureCall) -> String {
    let mut rows = String::new();
    for segment in &gene.segments {
        let called = segment.called.map(|c| c.to_string()).unwrap_or_default();
        let _ = write!(rows, "<tr><td>{}<td>{:.2}<td>{called}", escape(&segment.name), segment.measured);
    }
    format!("<h3>Copies by depth</h3><table><tr><th>Segment<th>Measured<th>Best pair{rows}</table>")
}

fn ranked(gene: &StructureCall) -> String {
    let mut rows = String::new();
    for pair in gene.ranked.iter().take(10) {
        let _ = write!(
            rows,
            "<tr><td>{}<td>{:.3}<td>{}<td>{}",
            escape(&pair.diplotype),
            pair.posterior,
            pair.copies,
            escape(&pair.structure)
        );
    }
    format!(
        "<h3>Pairs that explain the reads</h3><table><tr><th>Diplotype<th>Posterior<th>Copies<th>Structure{rows}</table>"
    )
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const HEAD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Structures</title><style>\
body{font:15px/1.45 system-ui,sans-serif;color:#1b232b;margin:0}main{max-width:900px;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.2rem;border-bottom:1px solid #ccd3da;margin-top:2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}\
.small{color:#4c5864;font-size:.85rem;margin:.2rem 0}.note{background:#fdf3e3;border-left:4px solid #c8742b;padding:.3rem .7rem}\
svg{width:100%;height:auto}svg text{font-size:12px;fill:#4c5864}table{border-collapse:collapse}th,td{text-align:left;padding:.15rem 1rem .15rem 0;\
border-bottom:1px solid #e3e7eb;font-size:.9rem}</style></head><body><main>";
