namespace Loxi.Linux.Netlink;

/// <summary>One change of <see cref="RtnetlinkClient.ChangeAddresses"/>.</summary>
/// <param name="Address">The address; of one that is removed link, address and prefix length count.</param>
/// <param name="IsRemoval">Whether it is taken off its link; else it is added.</param>
public readonly record struct AddressChange(Address Address, bool IsRemoval = false);
