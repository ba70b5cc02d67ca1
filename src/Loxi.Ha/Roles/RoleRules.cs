namespace Loxi.Ha.Roles;

/// <summary>Rules that tests take out, to see that they are needed.</summary>
[Flags]
internal enum RoleRules
{
    None = 0,
    R1Listen = 1,
    R2Report = 2,
    R2aProbe = 4,
    R3Yield = 8,
    R4 = 16,
    R5 = 32,
    R6 = 64,
    R13 = 128,
    Floor = 256,
    Reserve = 512,
    I5Readiness = 1024,
    R9 = 2048,
    R2Silence = 4096,
    R2NoDisk = 8192,
    R13Heir = 16384,
    R5Ready = 32768,
    R5Place = 65536,
    R1Gates = 131072,
    All = 262143,
}
