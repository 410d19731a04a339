package official;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.hl7.fhir.utilities.npm.NpmPackageIndexBuilder;

/** The definitions of each FHIR version, as HAPI ships them, laid out as the packages they are. */
final class Definitions {
  private static final String[] FILES = {
    "profile/profiles-types.xml",
    "profile/profiles-resources.xml",
    "profile/profiles-others.xml",
    "extension/extension-definitions.xml",
    "valueset/valuesets.xml",
    "valueset/v2-tables.xml",
    "valueset/v3-codesystems.xml",
  };

  private Definitions() {}

  /** Returns the packages of a version (R4, R4B, R5), the core first; makes them under a folder. */
  static List<NpmPackage> of(String version, Path folder) throws IOException {
    switch (version) {
      case "R4":
        return List.of(core("r4", "4.0.1", folder));
      case "R4B":
        return List.of(core("r4b", "4.3.0", folder));
      default:
        return List.of(
            shipped("hl7.fhir.r5.core-5.0.0", folder),
            shipped("hl7.fhir.uv.extensions.r5-1.0.0", folder),
            shipped("hl7.terminology-5.1.0", folder));
    }
  }

  private static NpmPackage shipped(String name, Path folder) throws IOException {
    Path made = folder.resolve(name);
    if (!Files.exists(made.resolve("made"))) {
      try (InputStream data = open("/org/hl7/fhir/r5/packages/" + name + ".tgz")) {
        NpmPackage.fromPackage(data, name).save(made.toFile());
      }
      Files.writeString(made.resolve("made"), "");
    }
    return loaded(made.resolve(name.substring(0, name.lastIndexOf('-'))));
  }

  private static NpmPackage loaded(Path made) throws IOException {
    return NpmPackage.fromFolder(made.toString());
  }

  private static NpmPackage core(String version, String number, Path folder) throws IOException {
    String name = "hl7.fhir." + version + ".core";
    Path made = folder.resolve(name + "-" + number);
    Path inside = made.resolve("package");
    if (!Files.exists(made.resolve("made"))) {
      Files.createDirectories(inside);
      String about =
          String.format(
              "{\"name\": \"%s\", \"version\": \"%s\", \"fhirVersions\": [\"%s\"],"
                  + " \"type\": \"Core\", \"canonical\": \"http://hl7.org/fhir\","
                  + " \"url\": \"http://hl7.org/fhir\", \"dependencies\": {}}",
              name, number, number);
      Files.writeString(inside.resolve("package.json"), about, StandardCharsets.UTF_8);
      for (String file : FILES) {
        try (InputStream data = open("/org/hl7/fhir/" + version + "/model/" + file)) {
          if (data != null) {
            unpack(version, data, inside);
          }
        }
      }
      index(inside);
      Files.writeString(made.resolve("made"), "");
    }
    return loaded(made);
  }

  private static void index(Path inside) throws IOException {
    var index = new NpmPackageIndexBuilder();
    index.start(null);
    try (var files = Files.newDirectoryStream(inside, "*-*.json")) {
      for (Path each : files) {
        index.seeFile(each.getFileName().toString(), Files.readAllBytes(each));
      }
    }
    Files.writeString(inside.resolve(".index.json"), index.build(), StandardCharsets.UTF_8);
  }

  private static void unpack(String version, InputStream data, Path inside) throws IOException {
    if (version.equals("r4")) {
      var bundle =
          (org.hl7.fhir.r4.model.Bundle) new org.hl7.fhir.r4.formats.XmlParser().parse(data);
      for (var entry : bundle.getEntry()) {
        var each = entry.getResource();
        var json = new org.hl7.fhir.r4.formats.JsonParser().composeBytes(each);
        Files.write(inside.resolve(each.fhirType() + "-" + each.getIdBase() + ".json"), json);
      }
    } else {
      var bundle =
          (org.hl7.fhir.r4b.model.Bundle) new org.hl7.fhir.r4b.formats.XmlParser().parse(data);
      for (var entry : bundle.getEntry()) {
        var each = entry.getResource();
        var json = new org.hl7.fhir.r4b.formats.JsonParser().composeBytes(each);
        Files.write(inside.resolve(each.fhirType() + "-" + each.getIdBase() + ".json"), json);
      }
    }
  }

  private static InputStream open(String path) {
    return Definitions.class.getResourceAsStream(path);
  }
}
