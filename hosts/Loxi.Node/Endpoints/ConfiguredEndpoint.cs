using System.Globalization;
using System.Net;
using Loxi.Core.Services;

namespace Loxi.Node.Endpoints;

/// <summary>An endpoint whose probe an operator has configured, whatever services use it. Address and port are its key.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port, which is probed.</param>
internal sealed record ConfiguredEndpoint(IPAddress Address, ushort Port)
{
    /// <summary>The name that the operator gave; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary><see cref="Loxi.Core.Services.ProbeType.Tcp"/> or <see cref="Loxi.Core.Services.ProbeType.None"/>.</summary>
    public ProbeType ProbeType { get; init; } = ProbeType.Tcp;

    /// <summary>Seconds between two probes; 0 = as many as the node's default.</summary>
    public int Period { get; init; }

    /// <summary>Failures in a row that take it down; 0 = as many as the node's default.</summary>
    public int Fall { get; init; }

    /// <summary>The name, or the one that loxilb gives to an endpoint without.</summary>
    public string EffectiveName =>
        Name.Length != 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Address}_{ProbeTypeNames.NameOf(ProbeType)}_{Port}");
}
