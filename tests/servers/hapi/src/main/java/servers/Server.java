package servers;

import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.r5.JpaR5Config;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.TerminologyUploaderProvider;
import ca.uhn.fhir.jpa.provider.ValueSetOperationProvider;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * A HAPI FHIR JPA server in memory on the loopback: arguments are R4 or R5, and a port (0: any).
 *
 * <p>When it serves it prints {@code ready PORT}; it ends when its standard input does, so that it
 * never outlives who started it.
 */
public class Server {

    /** Start, say so, and serve until standard input ends. */
    public static void main(String[] arguments) throws Exception {
        Class<?> version = arguments[0].equals("R5") ? JpaR5Config.class : JpaR4Config.class;
        AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext();
        beans.setAllowCircularReferences(true);
        beans.register(version, Storage.class);
        beans.refresh();

        org.eclipse.jetty.server.Server jetty = new org.eclipse.jetty.server.Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[1]));
        jetty.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        ServletHolder servlet = new ServletHolder(fhir(beans));
        servlet.setInitOrder(1);
        handler.addServlet(servlet, "/fhir/*");
        jetty.setHandler(handler);
        jetty.start();

        System.out.println("ready " + connector.getLocalPort());
        while (System.in.read() != -1) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(0);
    }

    private static RestfulServer fhir(AnnotationConfigApplicationContext beans) {
        IFhirSystemDao<?, ?> dao = beans.getBean(IFhirSystemDao.class);
        RestfulServer server = new RestfulServer(dao.getContext());
        server.registerProviders(beans.getBean(ResourceProviderFactory.class).createProviders());
        server.registerProvider(beans.getBean(IJpaSystemProvider.class));
        server.registerProvider(beans.getBean(ValueSetOperationProvider.class));
        server.registerProvider(beans.getBean(TerminologyUploaderProvider.class));
        server.setDefaultResponseEncoding(EncodingEnum.JSON);
        server.setServerConformanceProvider(new JpaCapabilityStatementProvider(
            server,
            dao,
            beans.getBean(JpaStorageSettings.class),
            beans.getBean(ISearchParamRegistry.class),
            beans.getBean(IValidationSupport.class)));
        return server;
    }
}
