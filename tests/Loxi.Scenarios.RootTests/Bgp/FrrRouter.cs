using System.Text.Json;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>FRR.</summary>
internal sealed class FrrRouter : IBgpRouter
{
    private readonly bool _isIpv6;

    public FrrRouter(LabHost host, int localAs, string learned, string[] nodes, int nodeAs, bool isIpv6)
    {
        _isIpv6 = isIpv6;
        Frr = new FrrPeer(host);
        var neighbours = string.Concat(nodes.Select(node => $"""
             neighbor {node} remote-as {nodeAs}
             neighbor {node} timers 1 3
             neighbor {node} timers connect 1

            """));
        Frr.Configure("bgpd", $"""
            router bgp {localAs}
             bgp router-id {BgpLab.RouterId}
             no bgp ebgp-requires-policy
             no bgp network import-check
             no bgp default ipv4-unicast
            {neighbours}
             address-family {Family} unicast
            {string.Concat(nodes.Select(static node => $"  neighbor {node} activate\n"))}
              maximum-paths 8
              maximum-paths ibgp 8
              network {learned}
             exit-address-family
            exit

            """);
    }

    public FrrPeer Frr { get; }

    private string Family => _isIpv6 ? "ipv6" : "ipv4";

    public Task StartAsync() => Frr.StartAsync();

    public string Describe() => Frr.Ask($"show bgp {Family} unicast");

    public IReadOnlyDictionary<string, string> ReadPaths(string prefix)
        => Frr.AskJson($"show bgp {Family} unicast {prefix} json") is var route && route.TryGetProperty("paths", out var paths)
            ? paths.EnumerateArray().ToDictionary(static path => path.GetProperty("peer").GetProperty("peerId").GetString()!, TextOf)
            : new Dictionary<string, string>();

    private static string TextOf(JsonElement path)
    {
        var preference = path.TryGetProperty("locPrf", out var value) ? value.ToString() : "-";
        return $"path {path.GetProperty("aspath").GetProperty("string").GetString()}, MED {path.GetProperty("metric").GetInt32()}, LOCAL_PREF {preference}";
    }
}
