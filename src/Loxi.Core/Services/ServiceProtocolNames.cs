namespace Loxi.Core.Services;

/// <summary>The names of protocols on the wire: <c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>icmp</c>.</summary>
public static class ServiceProtocolNames
{
    /// <summary>The lower-case name of a protocol; the number for one without a name.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <returns>The name.</returns>
    public static string NameOf(ServiceProtocol protocol) => protocol switch
    {
        ServiceProtocol.Tcp => "tcp",
        ServiceProtocol.Udp => "udp",
        ServiceProtocol.Sctp => "sctp",
        ServiceProtocol.Icmp => "icmp",
        _ => ((byte)protocol).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Finds the protocol of a name. The case must match, as in loxilb's enum.</summary>
    /// <param name="name">The name.</param>
    /// <param name="protocol">The protocol, <see cref="ServiceProtocol.None"/> when there is none.</param>
    /// <returns>True when the name is one of the four.</returns>
    public static bool TryParse(string? name, out ServiceProtocol protocol)
    {
        protocol = name switch
        {
            "tcp" => ServiceProtocol.Tcp,
            "udp" => ServiceProtocol.Udp,
            "sctp" => ServiceProtocol.Sctp,
            "icmp" => ServiceProtocol.Icmp,
            _ => ServiceProtocol.None,
        };
        return protocol != ServiceProtocol.None;
    }
}
