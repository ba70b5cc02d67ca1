namespace Loxi.Core.Roles;

/// <summary>Another host claims an address for which this node is master.</summary>
/// <param name="Group">Name of the VIP group.</param>
/// <param name="Claim">The last claim.</param>
/// <param name="Count">Claims of this address by this host since the node became master or the address was declared.</param>
public sealed record AddressConflict(string Group, AddressClaim Claim, long Count);
