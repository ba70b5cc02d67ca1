using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>Somebody else said on a link to have an address.</summary>
internal readonly record struct Claim(int InterfaceIndex, InternetAddress Address, LinkLayerAddress Mac);
