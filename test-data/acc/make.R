# Makes the tables of this folder from `miniACC` of Debian's r-bioc-multiassayexperiment (1.24.0+dfsg-2, bookworm):
#
#     apt-get install r-bioc-multiassayexperiment
#     Rscript test-data/acc/make.R test-data/acc
#
# ORIGINS.md says where the data comes from and what is changed.
suppressMessages(library(MultiAssayExperiment))
data(miniACC)
folder <- commandArgs(trailingOnly = TRUE)[1]

put <- function(table, name) {
  file <- gzfile(file.path(folder, paste0(name, ".tsv.gz")), "wb", compression = 9)
  write.table(table, file, sep = "\t", quote = FALSE, row.names = FALSE, na = "NA", eol = "\n")
  close(file)
}

# Features in rows; a patient is the first twelve characters of the sample's barcode (no patient has two samples).
put_matrix <- function(values, features, name) {
  patients <- substr(colnames(values), 1, 12)
  stopifnot(!anyDuplicated(patients), !anyDuplicated(features))
  table <- data.frame(feature = features, values, check.names = FALSE)
  names(table) <- c("feature", patients)
  put(table, name)
}

mrna <- assay(miniACC[["RNASeq2GeneNorm"]])
put_matrix(round(mrna, 2), rownames(mrna), "mrna")
mirna <- assay(miniACC[["miRNASeqGene"]])
# Counts become reads per million of the patient's reads of the microRNAs kept here.
put_matrix(round(1e6 * t(t(mirna) / colSums(mirna)), 2), rownames(mirna), "mirna")
protein <- miniACC[["RPPAArray"]]
put_matrix(round(assay(protein), 4), as.character(rowData(protein)$Protein), "protein")
copies <- assay(miniACC[["gistict"]])
put_matrix(copies, rownames(copies), "copy-number")

patients <- as.data.frame(colData(miniACC))
died <- patients$vital_status == 1
clinical <- data.frame(
  patient = patients$patientID,
  age = patients$years_to_birth,
  sex = patients$gender,
  stage = sub("stage ", "", patients$pathologic_stage),
  t_stage = patients$pathology_T_stage,
  n_stage = patients$pathology_N_stage,
  residual_tumour = patients$residual_tumor,
  histology = sub(" Type", "", patients$Histology),
  purity = patients$purity,
  ploidy = patients$ploidy,
  genome_doublings = patients$genome_doublings,
  differentiation_score = patients$ADS,
  published_c1a_c1b = patients$C1A.C1B,
  published_mrna = patients$mRNA_K4,
  published_methylation = patients$MethyLevel,
  published_mirna = patients$miRNA.cluster,
  published_copy_number = patients$SCNA.cluster,
  published_protein = ifelse(is.na(patients$protein.cluster), NA, paste0("protein_", patients$protein.cluster)),
  published_cluster_of_clusters = patients$COC,
  published_oncosign = patients$OncoSign,
  days = ifelse(died, patients$days_to_death, patients$days_to_last_followup),
  died = as.integer(died)
)
stopifnot(!anyNA(clinical$days), all(clinical$days >= 0))
put(clinical, "clinical")
