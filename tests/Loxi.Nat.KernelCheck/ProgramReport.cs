namespace Loxi.Nat.KernelCheck;

/// <summary>One program as the verifier saw it.</summary>
/// <param name="Name">Section and name.</param>
/// <param name="Loaded">True when the kernel holds it.</param>
/// <param name="VerificationMicroseconds">As the verifier's statistics say; 0 when they are absent.</param>
/// <param name="VerifiedInstructions">Instructions that the verifier went through (at most 1,000,000).</param>
/// <param name="TranslatedBytes">Size after verification, 8 bytes per instruction.</param>
/// <param name="JitedBytes">Size of the machine code; 0 without a JIT.</param>
/// <param name="Log">The verifier's log; with statistics only when it was loaded.</param>
internal sealed record ProgramReport(
    string Name, bool Loaded, long VerificationMicroseconds, uint VerifiedInstructions, uint TranslatedBytes, uint JitedBytes, string Log);
