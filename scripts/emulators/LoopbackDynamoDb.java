import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;

/** DynamoDB Local in memory, on loopback: its own main class would listen on every address. */
class LoopbackDynamoDb {
  public static void main(String[] arguments) throws Exception {
    var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
    var inMemory = true;
    var oneDatabaseForAllKeys = true;
    var requests =
        new LocalDynamoDBRequestHandler(0, inMemory, null, oneDatabaseForAllKeys, false);
    var server = new Server(address);
    server.setHandler(new LocalDynamoDBServerHandler(requests, null));
    server.start();
    server.join();
  }
}
