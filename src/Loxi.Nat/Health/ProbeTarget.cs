using System.Net;

namespace Loxi.Nat.Health;

/// <summary>What is probed. Services whose endpoints have the same address, port and settings share one target.</summary>
/// <param name="Address">Address of the endpoint.</param>
/// <param name="Port">TCP port, 1 to 65,535.</param>
/// <param name="Settings">How it is probed.</param>
public sealed record ProbeTarget(IPAddress Address, int Port, ProbeSettings Settings)
{
    /// <summary>Address of the endpoint. An IPv6-mapped IPv4 address becomes the IPv4 address.</summary>
    public IPAddress Address { get; init; } = Address is { IsIPv4MappedToIPv6: true } ? Address.MapToIPv4() : Address;

    /// <summary>Checks every value.</summary>
    /// <returns>One message per wrong value: the target, name, value, what was expected. Empty when all are good.</returns>
    public IReadOnlyList<string> Validate()
    {
        if (Address is null || Settings is null)
        {
            return [$"Probe target with port {Port}: address and settings are required."];
        }

        var errors = Settings.Validate().Select(error => $"Probe target {this}: {error}").ToList();
        if (Port is < 1 or > 65535)
        {
            errors.Add($"Probe target {this}: {nameof(Port)} is {Port}, expected 1 to 65535.");
        }

        if (Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any))
        {
            errors.Add($"Probe target {this}: {nameof(Address)} is unspecified, expected the address of an endpoint.");
        }

        return errors;
    }

    /// <summary>The target as <c>address:port</c>.</summary>
    /// <returns>Text for logs and messages.</returns>
    public override string ToString() => Address?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        ? $"[{Address}]:{Port}"
        : $"{Address}:{Port}";
}
