import java.nio.file.Files;
import java.nio.file.Path;
import org.hl7.fhir.utilities.json.model.JsonArray;
import org.hl7.fhir.utilities.json.model.JsonObject;
import org.hl7.fhir.utilities.json.parser.JsonParser;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.hl7.fhir.utilities.npm.PackageGenerator.PackageType;

/** Reads a package as the official validator does, and prints as JSON what it understood. */
public final class ReadPackage {
  private ReadPackage() {}

  /** Runs; the argument is the path of a .tgz. */
  public static void main(String[] arguments) throws Exception {
    try (var stream = Files.newInputStream(Path.of(arguments[0]))) {
      NpmPackage read = NpmPackage.fromPackage(stream);
      JsonObject told = new JsonObject();
      told.add("validName", NpmPackage.isValidName(read.name()));
      told.add("validVersion", NpmPackage.isValidVersion(read.version()));
      told.add("name", read.name());
      told.add("version", read.version());
      told.add("fhirVersion", read.fhirVersion());
      told.add("canonical", read.canonical());
      told.add("title", read.title());
      told.add("license", read.license());
      told.add("conformance", read.isType(PackageType.CONFORMANCE));
      told.add("indexed", read.isIndexed());
      JsonArray dependencies = new JsonArray();
      read.dependencies().forEach(dependencies::add);
      told.add("dependencies", dependencies);
      JsonArray resources = new JsonArray();
      for (var each : read.listIndexedResources("CodeSystem", "ValueSet")) {
        JsonObject resource = new JsonObject();
        resource.add("type", each.getResourceType());
        resource.add("id", each.getId());
        resource.add("url", each.getUrl());
        resource.add("version", each.getVersion());
        resource.add("loads", read.loadByCanonical(each.getUrl()) != null);
        resources.add(resource);
      }
      told.add("resources", resources);
      System.out.println(JsonParser.compose(told, false));
    }
  }
}
