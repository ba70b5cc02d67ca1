using System.Globalization;

namespace Loxi.Cli.Commands;

/// <summary>How a service is named in messages: <c>tcp 192.0.2.1:80</c>.</summary>
internal static class ServiceNames
{
    public static string Of(string? address, string? protocol, long port, long portMax) =>
        string.Create(CultureInfo.InvariantCulture, $"{protocol} {At(address, port)}{(portMax > port ? $"-{portMax}" : "")}");

    /// <summary>Address and port, IPv6 in brackets; without the port when it is 0 (ICMP).</summary>
    public static string At(string? address, long port)
    {
        var host = address is not null && address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return port == 0 ? host ?? "" : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
    }
}
