namespace Loxi.Ha.Roles;

/// <summary>A master of a VIP group that a node hears directly, told to those who may not hear it.</summary>
/// <param name="NodeId">The master.</param>
/// <param name="Term">Its term.</param>
/// <param name="Age">How long ago its last HELLO came.</param>
public readonly record struct HeardMaster(ushort NodeId, ulong Term, TimeSpan Age);
