using System.Globalization;

namespace Loxi.TestKit.Topology;

/// <summary>
/// The lab that most tests use, IPv4 and IPv6 alike:
/// <code>
/// client eth0 -- [router] -- eth0 node eth1 -- switch -- eth0 ep1, ep2, ep3
///                                 cni0 -- vethXXXX -- eth0 pod
/// client 198.51.100.10, 2001:db8:100::10   node 198.51.100.1, 2001:db8:100::1 and 192.0.2.1, 2001:db8:2::1
/// epN    192.0.2.1N,    2001:db8:2::1N     VIP on the node 198.51.100.200, 2001:db8:100::200, routed 203.0.113.10, 2001:db8:113::10
/// </code>
/// With a router the client is 198.18.0.10, 2001:db8:18::10 and the router has .254/::fe on both of its sides. The node
/// routes; the endpoints' default route is the node; nothing has a route out of the lab.
/// </summary>
public sealed partial class StandardLab : IAsyncDisposable
{
    /// <summary>Address of the node on the client side.</summary>
    public const string NodeClientV4 = "198.51.100.1";
    public const string NodeClientV6 = "2001:db8:100::1";

    /// <summary>Address of the node on the endpoint side.</summary>
    public const string NodeEndpointV4 = "192.0.2.1";
    public const string NodeEndpointV6 = "2001:db8:2::1";

    /// <summary>VIP that the node has on eth0.</summary>
    public const string OwnVipV4 = "198.51.100.200";
    public const string OwnVipV6 = "2001:db8:100::200";

    /// <summary>VIP that is only routed to the node.</summary>
    public const string RoutedVipV4 = "203.0.113.10";
    public const string RoutedVipV6 = "2001:db8:113::10";

    /// <summary>The node's end of the pod's veth pair, a name that <c>--blacklist</c> patterns match.</summary>
    public const string PodVeth = "veth1a2b3c4d";
    public const string PodBridge = "cni0";
    public const string PodV4 = "10.244.0.2";
    public const string PodGatewayV4 = "10.244.0.1";

    private StandardLab(StandardLabOptions options)
    {
        Options = options;
        Lab = Lab.Create(options.Keep);
    }

    public StandardLabOptions Options { get; }

    public Lab Lab { get; }

    public LabHost Client { get; private set; } = null!;

    public LabHost Node { get; private set; } = null!;

    public LabHost? Router { get; private set; }

    public LabHost Pod { get; private set; } = null!;

    public IReadOnlyList<LabHost> Endpoints { get; private set; } = [];

    public LabHost this[string host] => Lab[host];

    public string ClientV4 => Options.ClientRouter ? "198.18.0.10" : "198.51.100.10";

    public string ClientV6 => Options.ClientRouter ? "2001:db8:18::10" : "2001:db8:100::10";

    /// <summary>The node's interfaces that carry traffic of the lab: eth0, then those towards the endpoints.</summary>
    public IReadOnlyList<string> NodeDevices => Options.PointToPoint
        ? [.. Enumerable.Range(0, Options.Endpoints + 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"eth{i}"))]
        : ["eth0", "eth1"];

    /// <summary>Address of endpoint <paramref name="index"/>, counted from 0 (ep1).</summary>
    public static string EndpointV4(int index) => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{11 + index}");

    public static string EndpointV6(int index) => string.Create(CultureInfo.InvariantCulture, $"2001:db8:2::{11 + index}");

    public static Task<StandardLab> CreateAsync(StandardLabOptions? options = null) => Task.Run(async () =>
    {
        options ??= new StandardLabOptions();
        if (options.Endpoints is < 1 or > 9)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Endpoints, "endpoints of the standard lab: expected 1 to 9");
        }

        var lab = new StandardLab(options);
        try
        {
            lab.Build();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    });

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
