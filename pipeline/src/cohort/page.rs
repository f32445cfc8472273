//! `cohort.html`: bars of phenotypes by gene and of actions by drug, everybody together and by group.

use std::fmt::Write as _;

use super::count::{ACTIONS, Counted, GroupCounts};
use super::tables::share;

/// Width of a whole bar, pixels.
const WIDTH: f64 = 420.0;
/// Colours of shares from the first on; the words beside them say the same.
const COLOURS: [&str; 8] = ["#0b4f8a", "#4f93c4", "#9cc7e3", "#c8742b", "#e8b07c", "#7a5ba6", "#6a7480", "#b7bec6"];
/// Colours of actions, the gravest first.
const GRAVE: [&str; 5] = ["#9b2226", "#c8742b", "#e0b84c", "#8fb996", "#d5d9dd"];

/// The page.
pub fn page(counted: &Counted, least: usize, release: &str) -> String {
    let mut html = String::from(HEAD);
    let everybody = counted.groups.first();
    let samples = everybody.map_or(0, |g| g.samples);
    let _ = write!(html, "<h1>Cohort: {samples} samples</h1><p class=small>{}", escape(release));
    if least > 0 {
        let _ = write!(html, ". Counts below {least} are withheld, and drawn as nothing");
    }
    html += ". Shares with their 95 % intervals are in the tables beside this page.</p>";
    html += "<h2>Phenotypes</h2><p class=small>Of the samples whose calls give one phenotype.</p>";
    let genes: Vec<&String> = everybody.map(|g| g.genes.keys().collect()).unwrap_or_default();
    for gene in genes {
        let mut names: Vec<(&String, usize)> = everybody
            .and_then(|g| g.genes.get(gene))
            .map(|c| c.phenotypes.iter().map(|(p, n)| (p, *n)).collect())
            .unwrap_or_default();
        if names.is_empty() {
            continue;
        }
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let _ = write!(html, "<h3>{}</h3>", escape(gene));
        for group in &counted.groups {
            let Some(counts) = group.genes.get(gene) else { continue };
            let total: usize = counts.phenotypes.values().sum();
            let parts =
                names.iter().map(|(name, _)| counts.phenotypes.get(*name).copied().unwrap_or(0)).collect::<Vec<_>>();
            html += &bar(group, &parts, total, least, &COLOURS);
        }
        let words = names.iter().map(|(name, count)| {
            let shown = share(*count, names.iter().map(|n| n.1).sum(), least);
            (name.as_str(), shown.count)
        });
        html += &legend(words, &COLOURS);
    }
    html += "<h2>Actions by drug</h2><p class=small>The gravest action of any guideline row for a sample; a sample without a row for the \
             drug is not drawn.</p>";
    let drugs: Vec<&String> = everybody.map(|g| g.drugs.keys().collect()).unwrap_or_default();
    for drug in drugs {
        let Some(actions) = everybody.and_then(|g| g.drugs.get(drug)) else { continue };
        if !["avoid", "adjust", "monitor"].iter().any(|a| actions.contains_key(a)) {
            continue;
        }
        let _ = write!(html, "<h3>{}</h3>", escape(drug));
        for group in &counted.groups {
            let Some(actions) = group.drugs.get(drug) else { continue };
            let parts = ACTIONS.map(|a| actions.get(a).copied().unwrap_or(0));
            html += &bar(group, &parts, group.samples, least, &GRAVE);
        }
        let words = ACTIONS.iter().filter_map(|a| Some((*a, share(*actions.get(a)?, samples, least).count)));
        let colours: Vec<&str> =
            ACTIONS.iter().zip(GRAVE).filter(|(a, _)| actions.contains_key(**a)).map(|(_, c)| c).collect();
        html += &legend(words, &colours);
    }
    html + "</main></body></html>\n"
}

fn bar(group: &GroupCounts, parts: &[usize], total: usize, least: usize, colours: &[&str]) -> String {
    let mut svg = format!(
        "<div class=row><span class=name>{} <i>n = {total}</i></span><svg width=\"{WIDTH}\" height=\"14\" role=img>",
        escape(&group.name)
    );
    let mut x = 0.0;
    for (place, &count) in parts.iter().enumerate() {
        let shown = share(count, total, least);
        let Some([part, ..]) = shown.share.filter(|_| count > 0) else { continue };
        let colour = colours[place.min(colours.len() - 1)];
        let width = part * WIDTH;
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" width=\"{width:.1}\" height=\"14\" fill=\"{colour}\"><title>{count} of {total}, {:.1} %</title></rect>",
            100.0 * part
        );
        x += width;
    }
    svg + "</svg></div>"
}

fn legend<'a>(words: impl Iterator<Item = (&'a str, String)>, colours: &[&str]) -> String {
    let mut html = String::from("<p class=legend>");
    for (place, (name, count)) in words.enumerate() {
        let colour = colours[place.min(colours.len() - 1)];
        let _ = write!(html, "<span><b style=\"background:{colour}\"></b>{} {}</span> ", escape(name), escape(&count));
    }
    html + "</p>"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const HEAD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>Cohort</title><style>\
body{font:15px/1.45 system-ui,sans-serif;color:#1b232b;margin:0}main{max-width:900px;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.15rem;border-bottom:1px solid #ccd3da;margin-top:2rem}h3{font-size:1rem;margin:1rem 0 .2rem}\
.small,.legend{color:#4c5864;font-size:.85rem;margin:.2rem 0}.row{display:flex;gap:.8rem;align-items:center}\
.name{width:13rem}.name i{color:#4c5864;font-style:normal;font-size:.85rem}.legend span{margin-right:.9rem;white-space:nowrap}\
.legend b{display:inline-block;width:.8em;height:.8em;margin-right:.3em}</style></head><body><main>";
