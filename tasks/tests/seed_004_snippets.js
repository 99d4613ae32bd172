// Validate assignment before creating card
const validateAssignment = async (organizationId, userIds) => {
  const response = await fetch(`/api/v1/checklist/assignments/validate?organization_id=${organizationId}`, {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${token}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({ assigned_to: userIds })
  });
  return response.json();
};

// Generate AI checklist
const generateChecklist = async (cardId, taskData) => {
  const response = await fetch(`/api/v1/checklist/cards/${cardId}/checklist/ai-generate`, {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${token}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify(taskData)
  });
  return response.json();
};
