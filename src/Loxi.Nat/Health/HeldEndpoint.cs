using System.Net;
using Loxi.Core.Services;

namespace Loxi.Nat.Health;

/// <summary>An endpoint that is taken out of the choice by hand, in all services of its protocol.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Protocol">The protocol of the services.</param>
/// <param name="Port">Its port; 0 for ICMP.</param>
public readonly record struct HeldEndpoint(IPAddress Address, ServiceProtocol Protocol, ushort Port);
