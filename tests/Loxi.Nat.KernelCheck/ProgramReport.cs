namespace Loxi.Nat.KernelCheck;

/// <summary>One accepted program.</summary>
/// <param name="Name">Function name.</param>
/// <param name="Duration">Verification and compilation to machine code.</param>
/// <param name="VerifiedInstructions">Instructions that the verifier went through (at most 1,000,000).</param>
/// <param name="TranslatedBytes">Size after verification, 8 bytes per instruction.</param>
/// <param name="JitedBytes">Size of the machine code; 0 without a JIT.</param>
internal sealed record ProgramReport(string Name, TimeSpan Duration, uint VerifiedInstructions, int TranslatedBytes, int JitedBytes);
