package official;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.exceptions.FHIRException;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.context.SimpleWorkerContext;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.model.Parameters;
import org.hl7.fhir.r5.model.Resource;
import org.hl7.fhir.r5.terminologies.NamingSystemUtilities;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.ValidatorSession;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;
import org.hl7.fhir.utilities.SIDUtilities;
import org.hl7.fhir.utilities.Utilities;
import org.hl7.fhir.utilities.json.model.JsonArray;
import org.hl7.fhir.utilities.json.model.JsonObject;
import org.hl7.fhir.utilities.json.parser.JsonParser;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.ValidatorSettings;
import org.hl7.fhir.validation.ValidatorUtils;
import org.hl7.fhir.validation.instance.InstanceValidator;
import org.hl7.fhir.validation.instance.advisor.BasePolicyAdvisorForFullValidation;
import org.hl7.fhir.validation.service.StandAloneValidatorFetcher;

/**
 * Validates files as the official command line does without a network (-tx n/a).
 *
 * <p>Arguments: the FHIR version (R4, R4B, R5), a folder for definitions. Standard input: a line a
 * file, its path, or "publication PATH" for the checks of -for-publication. Standard output: a line
 * of JSON a file.
 */
public final class Validate {
  private Validate() {}

  /** Runs. */
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    SimpleWorkerContext context = context(arguments[0], Path.of(arguments[1]));
    answers.println("{\"ready\": true}");
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      boolean publication = line.startsWith("publication ");
      Path file = Path.of(publication ? line.substring("publication ".length()) : line);
      JsonObject answer = new JsonObject();
      answer.add("file", file.toString());
      long started = System.nanoTime();
      try {
        answer.add("issues", issues(context, file, publication));
      } catch (Throwable problem) {
        answer.add("failure", problem.getClass().getSimpleName() + ": " + problem.getMessage());
      }
      answer.add("micros", (System.nanoTime() - started) / 1000);
      answers.println(JsonParser.compose(answer, false));
    }
  }

  private static SimpleWorkerContext context(String version, Path folder) throws IOException {
    List<NpmPackage> packages = Definitions.of(version, folder);
    NpmPackage core = packages.get(0);
    var builder = new SimpleWorkerContext.SimpleWorkerContextBuilder();
    var loader = ValidatorUtils.loaderForVersion(core.fhirVersion());
    SimpleWorkerContext context =
        builder.withAllowLoadingDuplicates(true).fromPackage(core, loader, false);
    context.setCanNoTS(true);
    context.setCanRunWithoutTerminology(true);
    context.setNoTerminologyServer(true);
    context.setExpansionParameters(new Parameters());
    for (NpmPackage other : packages.subList(1, packages.size())) {
      context.loadFromPackage(other, ValidatorUtils.loaderForVersion(other.fhirVersion()));
    }
    return context;
  }

  private static JsonArray issues(SimpleWorkerContext context, Path file, boolean publication)
      throws IOException {
    var settings = new ValidatorSettings();
    var validator = new InstanceValidator(context, null, null, new ValidatorSession(), settings);
    var fetcher = new Offline(context);
    validator.setFetcher(fetcher);
    validator.setPolicyAdvisor(fetcher);
    validator.setAnyExtensionsAllowed(true);
    validator.setBestPracticeWarningLevel(BestPracticeWarningLevel.Warning);
    validator.getSettings().setForPublication(publication);
    List<ValidationMessage> messages = new ArrayList<>();
    FhirFormat format = file.toString().endsWith(".xml") ? FhirFormat.XML : FhirFormat.JSON;
    validator.validate(
        null, messages, new ByteArrayInputStream(Files.readAllBytes(file)), format, List.of());
    JsonArray issues = new JsonArray();
    for (ValidationMessage message : messages) {
      JsonObject issue = new JsonObject();
      issue.add("severity", message.getLevel().toCode());
      issue.add("key", message.getMessageId() == null ? "" : message.getMessageId());
      issue.add("place", message.getLocation() == null ? "" : message.getLocation());
      issue.add("line", message.getLine());
      issue.add("column", message.getCol());
      issue.add("message", message.getMessage());
      issues.add(issue);
    }
    return issues;
  }

  /** What the command line's own engine and fetcher answer where there is no network. */
  private static final class Offline extends StandAloneValidatorFetcher {
    private static final Set<String> KNOWN =
        Set.of(
            "http://hl7.org/fhir/w5",
            "http://hl7.org/fhir/fivews",
            "http://hl7.org/fhir/workflow",
            "http://hl7.org/fhir/ConsentPolicy/opt-out",
            "http://hl7.org/fhir/ConsentPolicy/opt-in",
            "http://loinc.org",
            "http://unitsofmeasure.org",
            "http://snomed.info/sct");

    Offline(SimpleWorkerContext context) {
      super(null, context, null);
      setPolicyAdvisor(
          new BasePolicyAdvisorForFullValidation(ReferenceValidationPolicy.IGNORE, Set.of()));
    }

    @Override
    public boolean resolveURL(
        IResourceValidator validator,
        Object appContext,
        String path,
        String url,
        IWorkerContext.VersionResolutionRules rules,
        String type,
        boolean canonical,
        List<CanonicalType> targets)
        throws IOException, FHIRException {
      if (!url.startsWith("http://") && !url.startsWith("https://")) {
        return true;
      }
      if (getContext().fetchResource(Resource.class, url) != null
          || SIDUtilities.isKnownSID(url)
          || KNOWN.contains(url)
          || NamingSystemUtilities.hasNamingSystem(getContext(), url)) {
        return true;
      }
      if (url.contains("example.org") || url.contains("acme.com")) {
        return false;
      }
      boolean outside = !url.startsWith("http://hl7.org/fhir") && !"canonical".equals(type);
      String bare = url.contains("|") ? url.substring(0, url.lastIndexOf('|')) : url;
      boolean loaded =
          "http://terminology.hl7.org".equals(base(bare))
              && getContext().getManager().getLoadedPackages().stream()
                  .anyMatch(name -> name.startsWith("hl7.terminology#"));
      return Utilities.isAbsoluteUrl(url) && outside && !loaded;
    }

    @Override
    public CanonicalResource fetchCanonicalResource(
        IResourceValidator validator, Object appContext, String url) {
      Resource known = getContext().fetchResource(Resource.class, url);
      if (known instanceof CanonicalResource) {
        return (CanonicalResource) known;
      }
      throw new FHIRException("java.net.UnknownHostException: there is no network");
    }

    private String base(String url) {
      String[] parts = url.split("/");
      StringBuilder base = new StringBuilder(parts[0]);
      for (int i = 1; i < parts.length; i++) {
        if (getContext().getResourceNames().contains(parts[i])) {
          return base.toString();
        }
        base.append("/").append(parts[i]);
      }
      return "";
    }
  }
}
