namespace Loxi.Cli.Tests;

/// <summary>Answers of a Loxi node.</summary>
internal static class Answers
{
    public const string Endpoints = """
        {"Attr":[{"hostName":"198.51.100.1","name":"198.51.100.1_tcp_8080","inactiveReTries":2,"probeType":"tcp","probeDuration":5,"probePort":8080,
         "minDelay":"0s","avgDelay":"1ms","maxDelay":"2ms","currState":"ok"},{"hostName":"2001:db8::10","name":"x","probeType":"none","currState":"nok"}]}
        """;

    public const string Connections = """
        {"connections":[{"protocol":"tcp","clientIP":"198.51.100.9","clientPort":40000,"externalIP":"192.0.2.1","externalPort":80,"endpointIP":"10.0.0.1","endpointPort":8080,
         "mode":"fullnat","sourceIP":"192.0.2.1","rewrittenClientPort":40001,"state":"est","service":"web","idleSeconds":0.25,"packetsToEndpoint":6,"bytesToEndpoint":402,"packetsToClient":5,"bytesToClient":1300},
         {"protocol":"icmp","clientIP":"2001:db8::9","clientPort":7,"externalIP":"2001:db8::1","externalPort":0,"endpointIP":"2001:db8::10","endpointPort":0,
         "rewrittenClientPort":7,"state":"bidir","service":"","idleSeconds":12,"packetsToEndpoint":1,"bytesToEndpoint":64,"packetsToClient":1,"bytesToClient":64}],"truncated":TRUNCATED}
        """;

    public const string Status = """
        {"instance":"default","version":"0.1.0","layout":3,"hashSeed":"0x0000000000000001","uptimeSeconds":93784,"adopted":true,"services":2,"connections":17,"maxConnections":1000000,
         "interfaces":[{"name":"eth1","index":5,"hook":"xdp"},{"name":"eth2","index":6,"hook":"none","reason":"excluded"}]}
        """;

    /// <summary>The counters after so many of the same steps.</summary>
    public static string Counters(int steps) => $$"""
        {"reasons":[{"name":"forwarded","verdict":"forward","packets":{{100 * steps}}},{"name":"no-service","verdict":"pass","packets":0},{"name":"bad-checksum","verdict":"drop","packets":3}],
         "services":[{"name":"web","externalIP":"192.0.2.1","port":80,"protocol":"tcp","packets":{{1000 * steps}},"bytes":{{64000 * steps}},"newConnections":{{10 * steps}},"activeConnections":7,"refused":1,
          "endpoints":[{"endpointIP":"10.0.0.1","targetPort":8080,"weight":1,"state":"active","packets":{{600 * steps}},"bytes":{{40000 * steps}},"newConnections":{{6 * steps}},"activeConnections":4,"refused":0},
           {"endpointIP":"10.0.0.2","targetPort":8080,"weight":1,"state":"inactive","packets":{{400 * steps}},"bytes":{{24000 * steps}},"newConnections":{{4 * steps}},"activeConnections":3,"refused":1}]}]}
        """;
}
