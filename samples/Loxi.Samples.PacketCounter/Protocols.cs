namespace Loxi.Samples.PacketCounter;

/// <summary>Names of IP protocol numbers (IANA), as the eBPF program counts them.</summary>
internal static class Protocols
{
    public static string Name(uint protocol) => protocol switch
    {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        132 => "SCTP",
        256 => "not IP",
        _ => $"IP {protocol}",
    };
}
