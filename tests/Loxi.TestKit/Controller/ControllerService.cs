using System.Globalization;
using System.Text.Json;

namespace Loxi.TestKit.Controller;

/// <summary>A service as the controller posts it.</summary>
public sealed record ControllerService
{
    /// <summary>Namespace and name, joined by <c>_</c>.</summary>
    public required string Name { get; init; }

    public required string ExternalIP { get; init; }

    public required int Port { get; init; }

    public string Protocol { get; init; } = "tcp";

    /// <summary>1 one-arm, 2 full NAT.</summary>
    public int Mode { get; init; } = 1;

    public bool Bgp { get; init; }

    public bool Monitor { get; init; }

    /// <summary>Endpoints as <c>ADDRESS:PORT</c>, each of weight 1.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    internal string DeletePath => string.Create(
        CultureInfo.InvariantCulture, $"config/loadbalancer/externalipaddress/{ExternalIP}/port/{Port}/protocol/{Protocol}?bgp={(Bgp ? "true" : "false")}&block=0");

    internal string ToJson(string instance) => JsonSerializer.Serialize(new
    {
        serviceArguments = new
        {
            externalIP = ExternalIP,
            privateIP = "",
            port = Port,
            protocol = Protocol,
            sel = 0,
            mode = Mode,
            BGP = Bgp,
            Monitor,
            inactiveTimeOut = 1800,
            block = 0,
            managed = true,
            probetype = "",
            probeport = 0,
            probereq = "",
            proberesp = "",
            name = $"{Name}:{instance}",
        },
        endpoints = Endpoints.Select(static endpoint => endpoint.LastIndexOf(':') is > 0 and var colon
            ? new { endpointIP = endpoint[..colon], targetPort = int.Parse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture), weight = 1 }
            : throw new FormatException($"endpoint '{endpoint}': expected ADDRESS:PORT")),
    });
}
