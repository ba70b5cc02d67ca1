using System.Net;

namespace Loxi.Nat.Tables;

/// <summary>What a service has claimed for itself.</summary>
/// <param name="GroupName">Its VIP group; null when an earlier process has claimed it and nobody has said which one it is.</param>
/// <param name="Group">The group's number.</param>
/// <param name="PrivateAddress">The source address that it brings along; null for none.</param>
internal sealed record ServiceClaim(string? GroupName, byte Group, IPAddress? PrivateAddress);
