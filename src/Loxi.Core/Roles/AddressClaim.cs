using System.Net;
using System.Net.NetworkInformation;

namespace Loxi.Core.Roles;

/// <summary>Another host says that it has an address.</summary>
/// <param name="Address">The address.</param>
/// <param name="Interface">Name of the interface where it was heard.</param>
/// <param name="Mac">The link-layer address that it gave.</param>
public sealed record AddressClaim(IPAddress Address, string Interface, PhysicalAddress Mac);
