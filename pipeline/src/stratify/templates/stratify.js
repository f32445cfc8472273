const find = document.getElementById("find");
if (find) {
  const people = [...document.querySelectorAll("details.patient")];
  const count = document.getElementById("found");
  find.parentElement.hidden = false;
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    const hits = people.filter((p) => {
      p.hidden = !p.dataset.patient.toLowerCase().includes(wanted);
      return !p.hidden;
    });
    count.textContent = wanted ? `${hits.length} found` : "";
    if (hits.length === 1) hits[0].open = true;
  });
}
