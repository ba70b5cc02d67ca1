using System.Net;

namespace Loxi.Node.Bgp;

/// <summary>What must be known of this host to read what is asked for.</summary>
internal interface IBgpHost
{
    /// <summary>The greatest IPv4 address that is not a loopback or link-local one; null when there is none.</summary>
    IPAddress? FindRouterId();

    /// <summary>Whether the host itself has an address; a link-local one on an interface.</summary>
    bool Has(IPAddress address, string? interfaceName);
}
